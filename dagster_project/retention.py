"""Retention: what is past its time in the private rooms, and removing it where nothing else needs it.

Belongs here: finding it by its day of receipt or of writing, counting it by room and agency. Stays out: how long things
are kept (contracts), and removing a submission with all that it left (`dorsale purge`).

The partners' folder is only read, and of the archive a rebuild is made: of both it is only told.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.contracts import Expectations
from dagster_project.intake.archive import Sighting, all_sightings, archived_path
from dagster_project.rooms import open_room
from dagster_project.settings import Settings
from dagster_project.whole_files import write_rows, write_whole

# Submissions that count, or may yet.
COUNTING = ("accepted", "held", "nil")
UNKNOWN = "unknown"
# What we write under a day, by room; a return is named after the agency's file, which may begin like anything.
_WRITTEN = {
    "feedback": re.compile(r"(?:reminder|mirror)_(\d{4}-\d\d-\d\d)\."),
    "stewardship": re.compile(r"(?:review_unclear_|review_unreadable_)?(\d{4}-\d\d-\d\d)[._]"),
}
_RETURN = re.compile(r"_([0-9a-f]{8})\.(?:xlsx|txt)$")
# Tables of the quarantine that hold no rows of partners, and that the next build and the calendar need.
_WITHOUT_ROWS = ("findings.parquet", "extracts.parquet")


@dataclass
class Past:
    """What is past its time: counts by room and agency, files that may go, and submissions of the archive that may."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)
    purgeable: list[str] = field(default_factory=list)


def find_past(settings: Settings, expectations: Expectations, day: date) -> Past:
    """Everything that is past its time on that day. Files are counted; of the quarantine, rows."""
    past, terms = Past(), expectations.initiative.retention
    known = set(expectations.agreements)

    def told(agency_id: str) -> str:
        """The name of a folder that nobody agreed on may be a person's."""
        return agency_id if agency_id in known else UNKNOWN

    sightings = all_sightings(settings) if terms.raw or terms.archive else []
    if (first := terms.first_day_kept("raw", day)) is not None:
        for sighting in sightings:
            if sighting.received_date < first and (settings.raw / sighting.agency_id / sighting.path).is_file():
                past.counts["raw", told(sighting.agency_id)] += 1
    if (first := terms.first_day_kept("archive", day)) is not None:
        _find_archived(settings, past, sightings, first, told)
    if (first := terms.first_day_kept("quarantine", day)) is not None:
        for path in _row_tables(settings):
            counted = f"select _agency_id, count(*) from '{path}' where _received_date < '{first}' group by all"
            for agency_id, rows in duckdb.sql(counted).fetchall():
                past.counts["quarantine", told(agency_id)] += rows
    for room in ("feedback", "stewardship"):
        if (first := terms.first_day_kept(room, day)) is not None:
            for path, agency_id, written in _dated_files(settings, room):
                if written < first:
                    past.counts[room, told(agency_id)] += 1
                    past.files.append(path)
    return past


def remove_past(settings: Settings, expectations: Expectations, day: date, past: Past) -> None:
    """Remove what `find_past` found of quarantine, feedback and stewardship; no build writes it again."""
    for path in past.files:
        path.unlink(missing_ok=True)
    _forget_returns(settings, past.files)
    first = expectations.initiative.retention.first_day_kept("quarantine", day)
    if first is not None:
        with open_room(settings) as connection:
            for path in _row_tables(settings):
                write_rows(connection, f"from '{path}' where _received_date >= '{first}'", path)


def _find_archived(
    settings: Settings, past: Past, sightings: list[Sighting], first: date, told: Callable[[str], str]
) -> None:
    """Files of which every sighting is past; those that no longer count may be purged."""
    states = _states(settings)
    by_bytes: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        by_bytes[sighting.sha256].append(sighting)
    for sha256, seen in sorted(by_bytes.items()):
        if max(sighting.received_date for sighting in seen) >= first or not archived_path(settings, sha256).exists():
            continue
        past.counts["archive", told(seen[0].agency_id)] += 1
        found = {name: states[name] for sighting in seen for name in _names(sighting) if name in states}
        if found and not set(found.values()) & set(COUNTING):
            past.purgeable += sorted(found)


def _names(sighting: Sighting) -> tuple[str, str]:
    """The two ids that the submission of these bytes may have."""
    named = f"{sighting.agency_id}/{sighting.path}/{sighting.sha256}"
    return sighting.sha256, hashlib.sha256(named.encode()).hexdigest()


def _states(settings: Settings) -> dict[str, str]:
    path = settings.reference / "submission_files.parquet"
    return dict(duckdb.sql(f"select submission_id, state from '{path}'").fetchall()) if path.exists() else {}


def _row_tables(settings: Settings) -> list[Path]:
    return [path for path in sorted(settings.quarantine.glob("*.parquet")) if path.name not in _WITHOUT_ROWS]


def _dated_files(settings: Settings, room: str) -> Iterator[tuple[Path, str, date]]:
    """Each file of the room that has a day, with its agency: the day in its name, else that of its submission."""
    received = _received_dates(settings)
    for path in sorted((settings.data / room).rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        if room == "feedback":
            folder = path.relative_to(settings.feedback).parts[0]
            agency_id = folder if folder != path.name else UNKNOWN
        else:
            # Remarks: the day, the agency, the first letters of the return.
            agency_id = path.name[11:].rsplit("_", 1)[0]
        if room == "feedback" and (found := _RETURN.search(path.name)) and found[1] in received:
            yield path, agency_id, received[found[1]]
        elif dated := _WRITTEN[room].match(path.name):
            yield path, agency_id, date.fromisoformat(dated[1])


def _received_dates(settings: Settings) -> dict[str, date]:
    """By the first letters of a submission's id the day it came; the latest, where two begin alike."""
    path = settings.reference / "submission_files.parquet"
    if not path.exists():
        return {}
    query = f"select submission_id[1:8], max(received_date) from '{path}' group by all"
    return dict(duckdb.sql(query).fetchall())


def _forget_returns(settings: Settings, removed: list[Path]) -> None:
    """Names of files that are gone leave the index of returns, too."""
    path = settings.feedback / ".index.json"
    if path.exists():
        names = {
            gone.relative_to(settings.feedback).as_posix() for gone in removed if settings.feedback in gone.parents
        }
        index = json.loads(path.read_text(encoding="utf-8"))
        kept = {name: digest for name, digest in index.items() if name not in names}
        write_whole(path, json.dumps(kept, indent=0, sort_keys=True).encode())
