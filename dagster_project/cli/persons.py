"""Commands of the steward, who decides who is one person.

Belongs here: arguments, messages, exit codes. Stays out: work.
"""

from __future__ import annotations

from typing import Annotated

import typer

from dagster_project.cli.app import alone, app, build_day, expectations_of, fail
from dagster_project.progress import console
from dagster_project.settings import Settings


@app.command()
def undo(
    event: Annotated[str, typer.Argument(help="event_id in data/stewardship/ledger.csv.")],
    because: Annotated[str, typer.Option(help="Why; no names. It stays in the journal.")],
) -> None:
    """Undo a merge or a split of persons; the next build follows, and the old ids come back."""
    import duckdb

    from dagster_project.identity.decisions import UnknownEventError
    from dagster_project.identity.decisions import undo as undo_event

    settings = Settings.from_environment()
    day = build_day(settings, expectations_of(settings))
    try:
        with alone(settings, "undo"), duckdb.connect() as connection:
            pairs = undo_event(connection, settings, event, because, day)
    except UnknownEventError:
        fail("The ledger holds no such event of persons. Look in data/stewardship/ledger.csv.")
    console.print(f"{pairs} pairs decided. Run make build to follow.")
