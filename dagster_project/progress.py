"""Progress: each step of a build on the console, with a bar, counts and seconds, and in the log.

Belongs here: what a person sees while a build runs, and can read of it later. Stays out: any value of a row, any file
name.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from dagster_project.event_log import note
from dagster_project.settings import Settings

console = Console()


class Step:
    """One step while it runs: tell it how much there is to do, how far it came, and what it counted."""

    def __init__(self, progress: Progress, task: TaskID, name: str):
        self._progress = progress
        self._task = task
        self._name = name
        self.counts = ""

    def expect(self, total: int) -> None:
        self._progress.update(self._task, total=total)

    def advance(self, detail: str = "") -> None:
        self._progress.update(self._task, advance=1, description=f"{self._name} {detail}".strip())


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Show a bar while the block runs, and then a line with its counts and seconds."""
    started = time.perf_counter()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Without a terminal there is nothing to redraw: only the closing line is printed.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        current = Step(progress, progress.add_task(name, total=None), name)
        try:
            yield current
        except BaseException as error:
            # The kind alone: texts of errors may repeat values.
            _note_step(name, started, type(error).__name__, "")
            raise
    seconds = time.perf_counter() - started
    _note_step(name, started, "done", current.counts)
    console.print(f"[green]✓[/] {name:<9} {seconds:5.1f} s  {current.counts}", highlight=False, soft_wrap=True)


def _note_step(name: str, started: float, outcome: str, counts: str) -> None:
    seconds = round(time.perf_counter() - started, 1)
    note(Settings.from_environment(), "step", step=name, outcome=outcome, seconds=seconds, counts=counts)
