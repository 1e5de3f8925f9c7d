"""Pauses: submissions that wait until a person has looked at them, and the journal of those that were let through.

Belongs here: reading and adding to `journal/accepted_pauses`. Stays out: what makes a submission wait (plausibility).
"""

from __future__ import annotations

import json
from datetime import date

import duckdb

from dagster_project.settings import Settings
from dagster_project.whole_files import quoted, write_whole

LEAST_LETTERS = 8


class UnknownPauseError(Exception):
    """No submission that waits can be told by these letters: the message says what to do."""


def accepted_pauses(settings: Settings) -> set[str]:
    """The submissions that a person has let through, for a build of a past day: by that day."""
    paths = sorted(settings.accepted_pauses.glob("*.json"))
    if settings.known_by is None:
        return {path.stem for path in paths}
    until = settings.known_by.isoformat()
    return {path.stem for path in paths if json.loads(path.read_text(encoding="utf-8"))["day"] <= until}


def accept_pause(settings: Settings, beginning: str, because: str, day: date) -> str:
    """Note that a held submission may count, with the reason; return its submission_id.

    Raises `UnknownPauseError` when the beginning of the id is too short, unknown or ambiguous.
    """
    beginning = beginning.strip().casefold()
    if len(beginning) < LEAST_LETTERS:
        raise UnknownPauseError(f"Write at least the first {LEAST_LETTERS} letters of the submission's id.")
    states = _states(settings)
    found = sorted(submission_id for submission_id in states if submission_id.startswith(beginning))
    held = [submission_id for submission_id in found if states[submission_id] == "held"]
    if not found:
        raise UnknownPauseError("No submission begins so. dorsale status lists those that wait.")
    if len(found) > 1 and len(held) != 1:
        raise UnknownPauseError(f"{len(found)} submissions begin so: write more letters of the id.")
    submission_id = held[0] if held else found[0]
    path = settings.accepted_pauses / f"{submission_id}.json"
    if path.exists():
        raise UnknownPauseError("This submission was accepted before: the next build counts it.")
    if not held:
        raise UnknownPauseError(f"This submission does not wait: it is {states[submission_id]}.")
    record = {"submission_id": submission_id, "because": because, "day": day.isoformat()}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(record, ensure_ascii=False, indent=1).encode())
    return submission_id


def _states(settings: Settings) -> dict[str, str]:
    path = settings.reference / "submission_files.parquet"
    if not path.exists():
        return {}
    return dict(duckdb.sql(f"select submission_id, state from {quoted(path)}").fetchall())
