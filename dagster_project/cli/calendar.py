"""Commands of the analyst about what came and what did not: let a held submission through.

Belongs here: arguments, messages, exit codes. Stays out: work.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from dagster_project.cli.app import app, fail
from dagster_project.progress import console
from dagster_project.settings import Settings


@app.command()
def accept(
    submission: Annotated[str, typer.Argument(help="The submission's id, or its first 8 letters at least.")],
    because: Annotated[str, typer.Option(help="Why it is right as it is; no names. It stays in the journal.")],
) -> None:
    """Let a held submission through: the next build counts it."""
    from dagster_project.validation.pauses import UnknownPauseError, accept_pause

    if not because.strip():
        fail("Say why this submission is right as it is; no names.")
    try:
        accepted = accept_pause(Settings.from_environment(), submission, because.strip(), datetime.now(UTC).date())
    except UnknownPauseError as error:
        fail(str(error))
    console.print(f"Accepted {accepted[:8]}. Run make build to count it.", highlight=False)
