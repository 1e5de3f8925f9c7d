"""Dates and numbers: in which order day and month stand, and with which mark decimals are written.

Belongs here: what only the values can tell. Stays out: which columns are dates (headers).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dagster_project.onboarding.profiles import DAY

_DECIMALS = re.compile(r"[+-]?[\d \u00a0\u202f]*\d([.,])\d{1,2}")


@dataclass(frozen=True)
class Proposal:
    """A proposed setting; `confidence` in percent, and why. Below 80 a person should say."""

    value: str
    confidence: int
    reason: str


def date_format(values: Iterable[str]) -> Proposal:
    """The order of year, month and day. Clear only where some day is above 12."""
    # A workbook's own dates, and all others in ISO form, are read whatever the agreement says.
    days = [found for value in values if (found := DAY.fullmatch(value)) and (len(found[1]) < 4 or found[2] != "-")]
    if not days:
        return Proposal("%Y-%m-%d", 100, "no date is written as text in another order")
    mark = max({found[2] for found in days}, key=lambda m: sum(found[2] == m for found in days))
    if sum(len(found[1]) == 4 for found in days) * 2 > len(days):
        return Proposal(mark.join(("%Y", "%m", "%d")), 100, "the year stands first")
    year = "%Y" if sum(len(found[4]) == 4 for found in days) * 2 > len(days) else "%y"
    first_above = sum(len(found[1]) <= 2 and int(found[1]) > 12 for found in days)
    second_above = sum(len(found[1]) <= 2 and int(found[3]) > 12 for found in days)
    if first_above and not second_above:
        return Proposal(mark.join(("%d", "%m", year)), 100, f"the first number is above 12 in {first_above} dates")
    if second_above and not first_above:
        return Proposal(mark.join(("%m", "%d", year)), 100, f"the second number is above 12 in {second_above} dates")
    if first_above:
        likelier = ("%d", "%m") if first_above >= second_above else ("%m", "%d")
        return Proposal(
            mark.join((*likelier, year)), 40, "both numbers are above 12 in some dates: the file mixes orders"
        )
    return Proposal(mark.join(("%d", "%m", year)), 50, "no number is above 12: day and month cannot be told apart")


def decimal_mark(values: Iterable[str]) -> Proposal:
    marks = [found[1] for value in values if (found := _DECIMALS.fullmatch(value))]
    if not marks:
        return Proposal(".", 100, "no number has decimals")
    commas = marks.count(",")
    mark = "," if commas * 2 > len(marks) else "."
    share = max(commas, len(marks) - commas) / len(marks)
    return Proposal(
        mark, round(100 * share), f"so written in {max(commas, len(marks) - commas)} numbers of {len(marks)}"
    )
