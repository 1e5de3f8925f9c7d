"""The edge of every command: who ran it, a line in the log when it begins and one when it ends; no error's own text.

Belongs here: the commands that are noted, and what is said of errors that nobody foresaw. Stays out: how a line is
written (event_log.py), and what a command is told: arguments may hold names of files and of persons.
"""

from __future__ import annotations

import time
import traceback
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from dagster_project.event_log import note, user
from dagster_project.progress import console
from dagster_project.settings import PROJECT_ROOT, Settings

# They keep nothing in data/ and show nothing of it; agencies run some of them, at home. `start` empties data/.
NOT_NOTED = ("read", "check", "pseudonymise", "serve", "start")
_NOTED = "dorsale.noted_command"
# Ctrl+C, the end of what is typed, the end of a pipe: Typer knows what to do.
_FORESEEN = (typer.Abort, EOFError, BrokenPipeError)


class NotedGroup(TyperGroup):
    """The `dorsale` command; each of its commands leaves its mark in the log."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command is known here, and only here it is sure to be one of ours."""
        name, command, rest = super().resolve_command(ctx, args)
        if name not in NOT_NOTED and "--help" not in rest:
            ctx.meta[_NOTED] = name
            note(Settings.from_environment(), "command_started", command=name, user=user())
        return name, command, rest

    def invoke(self, ctx: Any) -> Any:
        started, code = time.perf_counter(), 1
        try:
            Settings.from_environment(is_build=True)
        except ValueError:
            console.print("AS_OF is no day: write it as YYYY-MM-DD.", style="red")
            raise typer.Exit(code) from None
        try:
            result = super().invoke(ctx)
            code = 0
            return result
        except Exception as stopped:
            code = getattr(stopped, "exit_code", code)
            if hasattr(stopped, "exit_code") or isinstance(stopped, _FORESEEN):
                raise
            # Texts of errors, and the files they name, may hold values of rows and names of persons.
            console.print(
                f"Stopped by what nobody foresaw: {type(stopped).__name__} at {_place(stopped)}. Its own text is not "
                "shown, since it may hold somebody's data. Please report this line.",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
            raise typer.Exit(code) from None
        finally:
            if name := ctx.meta.get(_NOTED):
                seconds = round(time.perf_counter() - started, 1)
                told = {"command": name, "user": user(), "exit_code": code, "seconds": seconds}
                note(Settings.from_environment(), "command_ended", **told)


def _place(error: Exception) -> str:
    """The last line of our own code that was at work."""
    ours = [
        f"{Path(frame.filename).relative_to(PROJECT_ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(PROJECT_ROOT / "dagster_project")
    ]
    return ours[-1]
