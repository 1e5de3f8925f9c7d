"""Commands of whoever keeps the installation running.

Belongs here: arguments, messages, exit codes. Stays out: work.
"""

from __future__ import annotations

from typing import Annotated

import typer

from dagster_project.cli.app import alone, app, build_day, expectations_of
from dagster_project.progress import console
from dagster_project.settings import Settings

# What becomes of what is past its time.
NEXT = {
    "raw": "the partners' folder is theirs to clear, or yours by hand",
    "archive": "rebuilds are made of it: only dorsale purge removes a submission",
    "quarantine": "removed with --apply",
    "feedback": "removed with --apply",
    "stewardship": "removed with --apply",
}
MOST_SUBMISSIONS = 20


@app.command()
def expire(
    apply: Annotated[bool, typer.Option("--apply", help="Remove it, where nothing else needs it.")] = False,
) -> None:
    """What lies in the private rooms longer than the initiative agreed: counted, and removed with --apply."""
    from dagster_project.retention import find_past, remove_past

    settings = Settings.from_environment()
    expected = expectations_of(settings)
    day = build_day(settings, expected)
    past = find_past(settings, expected, day)
    for (room, agency_id), count in sorted(past.counts.items()):
        what = "rows" if room == "quarantine" else "files"
        told = f"{room:<12}{agency_id:<28}{count:>7} {what}  {NEXT[room]}"
        console.print(told, highlight=False, markup=False, soft_wrap=True)
    if past.purgeable:
        letters = ", ".join(submission_id[:8] for submission_id in past.purgeable[:MOST_SUBMISSIONS])
        more = ", ..." if len(past.purgeable) > MOST_SUBMISSIONS else ""
        console.print(
            f"Of the archive, {len(past.purgeable)} submissions no longer count: {letters}{more}",
            highlight=False,
            soft_wrap=True,
        )
    if not past.counts:
        console.print(f"Nothing is past its time on {day}.", highlight=False)
    elif apply:
        with alone(settings, "expire"):
            remove_past(settings, expected, day, past)
        console.print("Removed from quarantine, feedback and stewardship; no build writes it again.")
    else:
        console.print("Nothing was removed: dorsale expire --apply does.")
