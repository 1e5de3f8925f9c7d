"""Intervals: the months, quarters, reporting years and waves that have ended, and their names.

Belongs here: which intervals there are on a day. Stays out: what is counted in them (dbt).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dagster_project.contracts import Initiative, Words
from dagster_project.words import ALL_WAVES, MONTHS, WAVE


@dataclass(frozen=True)
class Interval:
    """An interval that has ended: `kind` is month, quarter, a reporting year's id, wave or all_waves.

    Both days are in it.
    """

    kind: str
    start: date
    end: date
    label: Words
    kind_label: Words
    kind_order: int


def intervals(initiative: Initiative, as_of: date) -> list[Interval]:
    """Every whole month, quarter and reporting year from the first month on that has ended by `as_of`."""
    kinds: list[tuple[str, int, int, Words]] = [
        ("month", 1, 1, {"en": "Month", "fr": "Mois"}),
        ("quarter", 3, 1, {"en": "Quarter", "fr": "Trimestre"}),
        *((y.reporting_year_id, 12, y.start_month, y.name) for y in initiative.reporting_years),
    ]
    found = []
    for order, (kind, months, start_month, name) in enumerate(kinds, 1):
        start = initiative.first_month
        while (start.month - start_month) % months:
            start = _add_months(start, 1)
        while (end := _add_months(start, months) - timedelta(days=1)) <= as_of:
            found.append(Interval(kind, start, end, _interval_label(months, start, end), name, order))
            start = _add_months(start, months)
    return found


def wave_intervals(initiative: Initiative, as_of: date) -> list[tuple[Interval, list[str]]]:
    """Every wave that has ended by `as_of`, and one interval over all once the last has; with the waves in each."""
    order = 3 + len(initiative.reporting_years)
    ended = [wave for wave in initiative.waves if wave.end <= as_of]
    found = [(Interval("wave", w.start, w.end, w.name, WAVE, order), [w.wave_id]) for w in ended]
    if len(ended) == len(initiative.waves) > 1:
        every = Interval("all_waves", ended[0].start, ended[-1].end, ALL_WAVES, ALL_WAVES, order + 1)
        found.append((every, [wave.wave_id for wave in ended]))
    return found


def _add_months(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)


def _interval_label(months: int, start: date, end: date) -> Words:
    if months == 1:
        return {language: f"{names[start.month - 1]} {start.year}" for language, names in MONTHS.items()}
    if months == 3:
        number = (start.month - 1) // 3 + 1
        return {"en": f"Q{number} {start.year}", "fr": f"T{number} {start.year}"}
    label = str(start.year) if start.month == 1 else f"{start.year}-{end.year}"
    return {"en": label, "fr": label}
