"""Names: what a file is called, as a pattern: where its year and month stand.

Belongs here: file names. Stays out: what is in the file.
"""

from __future__ import annotations

import re
from datetime import date

from dagster_project.onboarding.dates import Proposal

_YEAR_AND_MONTH = re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<between>[-_. ]?)(?P<month>0[1-9]|1[0-2])(?!\d)")
_MONTH_AND_YEAR = re.compile(r"(?<!\d)(?P<month>0[1-9]|1[0-2])(?P<between>[-_. ]?)(?P<year>20\d\d)(?!\d)")
_WITH_DAY = re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<between>[-_. ]?)(?P<month>0[1-9]|1[0-2])(?P=between)[0-3]\d(?!\d)")


def file_pattern(file_name: str) -> tuple[Proposal, date | None]:
    """The pattern of a name, and the first day of the period that it states."""
    stem, dot, suffix = file_name.rpartition(".")
    for found, is_year_first in (
        (_WITH_DAY.search(stem), True),
        (_YEAR_AND_MONTH.search(stem), True),
        (_MONTH_AND_YEAR.search(stem), False),
    ):
        if found:
            between = found["between"]
            period = f"{{yyyy}}{between}{{mm}}" if is_year_first else f"{{mm}}{between}{{yyyy}}"
            pattern = f"{stem[: found.start()]}{period}*{dot}{suffix.lower()}"
            first = date(int(found["year"]), int(found["month"]), 1)
            return Proposal(pattern, 95, "the name states a year and a month"), first
    pattern = f"{stem}_{{yyyy}}-{{mm}}*{dot}{suffix.lower()}"
    return Proposal(pattern, 30, "the name states no period: ask the agency to add it"), None
