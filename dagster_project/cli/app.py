"""The command itself, and what every command needs: messages, exit codes, the expectations, the day.

Belongs here: shared edges of the commands. Stays out: commands, which live beside this file by who uses them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

import typer

from dagster_project import lock
from dagster_project.cli.noting import NotedGroup
from dagster_project.contracts import Expectations, ExpectationsError, load_expectations
from dagster_project.progress import console
from dagster_project.settings import Settings
from dagster_project.storage import storage_problem

app = typer.Typer(cls=NotedGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

# With 2 the command itself was not understood; `dorsale check` has codes of its own. All are in docs/operations.md.
EXIT_FAILED, EXIT_EXPECTATIONS, EXIT_BUSY = 1, 4, 5


@app.callback()
def dorsale() -> None:
    """Dorsale: the shared-measurement warehouse of a collective-impact initiative."""


def expectations_of(settings: Settings) -> Expectations:
    try:
        return load_expectations(settings.expectations)
    except ExpectationsError as error:
        console.print("[red]The expectations cannot be used as they are:[/]")
        for problem in error.problems:
            console.print(f"  {problem}", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(EXIT_EXPECTATIONS) from None


def build_day(settings: Settings, expected: Expectations) -> date:
    """The day of which a build is: `AS_OF`, else the initiative's own, else today."""
    return settings.known_by or expected.initiative.as_of or datetime.now(UTC).date()


def require_today(settings: Settings) -> None:
    """What goes to somebody is of today: stop where the tables are of a past day."""
    from dagster_project.build import is_of_a_past_day

    if is_of_a_past_day(settings):
        fail("The tables are of a past day (AS_OF): run make build first.")


def relative(settings: Settings, path: Path) -> str:
    return os.path.relpath(path, settings.project) if path.is_relative_to(settings.project) else str(path)


@contextmanager
def alone(settings: Settings, command: str) -> Iterator[None]:
    """Hold the lock while a command changes the data, or say who holds it; a full or forbidden disk has clear words."""
    try:
        with lock.alone(settings, command):
            yield
    except lock.BusyError as error:
        fail(str(error), EXIT_BUSY)
    except OSError as error:
        problem = storage_problem(settings, error)
        if problem is None:
            raise
        fail(problem)


def fail(message: str, code: int = EXIT_FAILED) -> NoReturn:
    console.print(message, style="red" if len(message) < 200 else None, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(code)
