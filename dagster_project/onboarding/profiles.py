"""Profiles: what the values below a header look like, in shares and counts, so that a name alone need not decide.

Belongs here: looking at values. Stays out: naming columns; no value leaves this module but as a count or a share.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DAY = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})(?:[ T].*)?")
_COMPACT_DAY = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])")
_TIME = re.compile(r"\d[ T]\d{1,2}\s?[:h]\s?\d{0,2}")
_NUMBER = re.compile(r"[+-]?\d[\d \u00a0\u202f]*([.,]\d+)?\s?[$%€]?")
_KINDS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}"),
    "phone": re.compile(r"\+?1?[ .-]?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}(\s*(x|ext|poste).*)?", re.IGNORECASE),
    "postal_code": re.compile(r"[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d|\d{5}(-\d{4})?"),
    "name": re.compile(r"[^\W\d_][^\d_@/:]*"),
}
MOST_LOOKED_AT = 2_000


@dataclass(frozen=True)
class Profile:
    """Of the values below one header: how many, how many different, and the share that looks like each kind."""

    filled: int
    rows: int
    distinct: int
    shares: dict[str, float]

    def share(self, kind: str) -> float:
        return self.shares.get(kind, 0.0)

    @property
    def is_few_codes(self) -> bool:
        """Few values for its rows, as codes are; names and numbers of files are many."""
        return 0 < self.distinct <= max(4, min(40, self.filled * 0.34))


def profile_of(values: Sequence[str], rows: int) -> Profile:
    """Look at the first values only: a month's sheet tells what a year's would."""
    looked_at = list(values[:MOST_LOOKED_AT])
    counts: Counter[str] = Counter()
    for value in looked_at:
        if is_day(value):
            counts["day"] += 1
            counts["moment"] += bool(_TIME.search(value)) and not value.endswith("00:00:00")
        counts["number"] += bool(_NUMBER.fullmatch(value))
        for kind, pattern in _KINDS.items():
            counts[kind] += bool(pattern.fullmatch(value))
    total = len(looked_at) or 1
    return Profile(len(values), rows, len(set(looked_at)), {kind: count / total for kind, count in counts.items()})


def is_day(value: str) -> bool:
    found = DAY.fullmatch(value)
    return bool(_COMPACT_DAY.fullmatch(value) or (found and (len(found[1]) == 4 or len(found[4]) in (2, 4))))
