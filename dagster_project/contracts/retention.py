"""Retention: how many months what came and what was answered is kept, by room.

Belongs here: the months and what they mean; `retention:` in `expectations/initiative.yml` sets them. Stays out: finding
and removing what is past its time (retention.py).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Retention:
    """Months from the day of receipt, or of writing; None is for ever, and is what a room has of which nothing is said.

    `raw`, `archive`: partners' files, of which is told and no more. `quarantine`: rows set aside.
    `feedback`: returns, reminders, mirrors. `stewardship`: workbooks put aside, and remarks of agencies.
    """

    raw: int | None = None
    archive: int | None = None
    quarantine: int | None = None
    feedback: int | None = None
    stewardship: int | None = None

    def first_day_kept(self, room: str, day: date) -> date | None:
        """What came before it is past its time on that day; None where everything is kept."""
        months: int | None = getattr(self, room)
        return None if months is None else months_before(day, months)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day where that month is shorter."""
    count = day.year * 12 + day.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
