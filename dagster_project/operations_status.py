"""The installation's state, for whoever keeps it running: the last build and release, the disk, what waits for people.

Belongs here: reading what builds, releases and people left, into plain data that `dorsale status --json` prints; its
keys are documented in docs/operations.md. Stays out: the calendar of the partners (calendar_status.py), and showing it
(cli).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date

from dagster_project.build import is_current
from dagster_project.build_record import last_record
from dagster_project.calendar_status import Calendar
from dagster_project.changes import latest_release
from dagster_project.contracts import Expectations
from dagster_project.identity.decisions import undecided_pairs
from dagster_project.retention import find_past
from dagster_project.settings import Settings


@dataclass(frozen=True)
class BuildStatus:
    """The last build; `is_current` says that another one now would find nothing new."""

    began_at: str | None
    ended_at: str | None
    as_of: str | None
    outcome: str | None
    is_current: bool


@dataclass(frozen=True)
class Disk:
    free_bytes: int
    total_bytes: int


@dataclass(frozen=True)
class Waiting:
    """What waits for a person: held files, pairs in the steward's workbook (None: it cannot be read), and workbooks
    that were put aside since an answer in them was not understood."""

    held: int
    review_pairs: int | None
    workbooks_put_aside: int


@dataclass(frozen=True)
class PastRetention:
    room: str
    agency_id: str
    count: int


@dataclass(frozen=True)
class Operations:
    build: BuildStatus
    release: str | None
    disk: Disk
    waiting: Waiting
    past_retention: list[PastRetention]


def read_operations(settings: Settings, expectations: Expectations, calendar: Calendar, day: date) -> Operations:
    """The state on that day."""
    record = last_record(settings) or {}
    release = latest_release(settings)
    usage = shutil.disk_usage(settings.data)
    put_aside = [path for kind in ("unclear", "unreadable") for path in settings.stewardship.glob(f"review_{kind}_*")]
    past = find_past(settings, expectations, day)
    return Operations(
        build=BuildStatus(
            record.get("began_at"),
            record.get("ended_at"),
            record.get("as_of"),
            record.get("outcome"),
            is_current=is_current(settings, day),
        ),
        release=release.name if release else None,
        disk=Disk(usage.free, usage.total),
        waiting=Waiting(
            sum(len(agency.held) for agency in calendar.agencies), undecided_pairs(settings), len(put_aside)
        ),
        past_retention=[PastRetention(*place, count) for place, count in sorted(past.counts.items())],
    )
