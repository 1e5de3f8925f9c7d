"""The demonstration's months and the small arithmetic of days.

Belongs here: the first and last month, month ends, steps between months. What happens in a month stays out.
"""

from __future__ import annotations

from datetime import date, timedelta

FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2026, 6, 30)


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the following month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_end(month: date) -> date:
    """The last day of a month."""
    return next_month(month) - timedelta(days=1)


def all_months() -> list[date]:
    """First days of all months of the demonstration."""
    months = [month_of(FIRST_DAY)]
    while next_month(months[-1]) <= LAST_DAY:
        months.append(next_month(months[-1]))
    return months


def month_sent(day: date) -> date:
    """The month whose file first carries something of this day; older things come with the first file."""
    return max(month_of(day), month_of(FIRST_DAY))


def working_day(day: date) -> date:
    """The day itself, or the Friday before a weekend (so that no month is left)."""
    moved = day - timedelta(days=max(0, day.weekday() - 4))
    return moved if moved.month == day.month else day
