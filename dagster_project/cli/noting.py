"""Who ran which command: a line in the log when it begins, and one when it ends, with its exit code.

Belongs here: the commands that are noted. Stays out: how a line is written (event_log.py), and what a command is told:
arguments may hold names of files and of persons.
"""

from __future__ import annotations

import time
from typing import Any

from typer.core import TyperGroup

from dagster_project.event_log import note, user
from dagster_project.settings import Settings

# They keep nothing in data/ and show nothing of it; agencies run some of them, at home. `start` empties data/.
NOT_NOTED = ("read", "check", "pseudonymise", "serve", "start")
_NOTED = "dorsale.noted_command"


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
            result = super().invoke(ctx)
            code = 0
            return result
        except Exception as stopped:
            code = getattr(stopped, "exit_code", code)
            raise
        finally:
            if name := ctx.meta.get(_NOTED):
                seconds = round(time.perf_counter() - started, 1)
                told = {"command": name, "user": user(), "exit_code": code, "seconds": seconds}
                note(Settings.from_environment(), "command_ended", **told)
