"""The command itself, and what every command needs: messages, exit codes, the expectations, the day.

Belongs here: shared edges of the commands. Stays out: commands, which live beside this file by who uses them.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

import typer

from dagster_project.cli.noting import NotedGroup
from dagster_project.contracts import Expectations, ExpectationsError, load_expectations
from dagster_project.progress import console
from dagster_project.settings import Settings

app = typer.Typer(cls=NotedGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

# With 2 the command itself was not understood; `dorsale check` has codes of its own. All are in docs/operations.md.
EXIT_FAILED, EXIT_EXPECTATIONS = 1, 4


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


def build_day(expected: Expectations) -> date:
    given = os.environ.get("AS_OF")
    if given:
        try:
            return date.fromisoformat(given)
        except ValueError:
            fail("AS_OF is no day: write it as YYYY-MM-DD.")
    return expected.initiative.as_of or datetime.now(UTC).date()


def relative(settings: Settings, path: Path) -> str:
    return os.path.relpath(path, settings.project) if path.is_relative_to(settings.project) else str(path)


def fail(message: str) -> NoReturn:
    console.print(f"[red]{message}[/]" if len(message) < 200 else message, highlight=False, soft_wrap=True)
    raise typer.Exit(EXIT_FAILED)
