"""The record of a build: that it began and how it ended, in the log; of the last one in `data/state` too.

Belongs here: outcome, seconds and counts. Stays out: deciding whether there is anything to build (build).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from dagster_project import __version__
from dagster_project.event_log import note
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole

# What a build may come to; one that was killed stays 'begun'.
BEGUN, BUILT, NOTHING_NEW, FAILED = "begun", "built", "nothing_new", "failed"


@dataclass
class BuildRecord:
    """How a build ends; whoever runs it says so."""

    outcome: str = FAILED
    counts: dict[str, int | str | Mapping[str, int] | None] = field(default_factory=dict)


@contextmanager
def recorded(settings: Settings, as_of: date) -> Iterator[BuildRecord]:
    """Note the beginning of a build and its end, however it ends."""
    record = BuildRecord()
    began, started = datetime.now(UTC), time.perf_counter()
    _keep(settings, {"began_at": _text(began), "ended_at": None, "as_of": str(as_of), "outcome": BEGUN})
    note(settings, "build_started", as_of=str(as_of), version=__version__)
    try:
        yield record
    finally:
        ended = {"began_at": _text(began), "ended_at": _text(datetime.now(UTC)), "as_of": str(as_of)}
        _keep(settings, {**ended, "outcome": record.outcome})
        times = os.times()
        note(
            settings,
            "build_ended",
            outcome=record.outcome,
            seconds=round(time.perf_counter() - started, 1),
            cpu_seconds=round(times.user + times.system + times.children_user + times.children_system, 1),
            **{"as_of": str(as_of), **record.counts},
        )


def last_record(settings: Settings) -> dict[str, str | None] | None:
    """When the last build began and ended, of which day it is, and its outcome; None before the first."""
    try:
        found: dict[str, str | None] = json.loads(_path(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _keep(settings: Settings, told: dict[str, str | None]) -> None:
    # A build goes on where only its record cannot be written.
    with suppress(OSError):
        write_whole(_path(settings), json.dumps(told, indent=1).encode())


def _path(settings: Settings) -> Path:
    return settings.state / "last_build.json"


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
