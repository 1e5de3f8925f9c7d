"""Telephone numbers that ring nowhere: of the exchange 555, which is given to nobody.

Belongs here: which number a family has, and numbers of nobody in particular.
"""

from __future__ import annotations

from random import Random

AREA_CODES = ("418", "581", "367")
LINES, FIRST_LINE, STEP = 9000, 1000, 3571


def family_phone(number: int) -> str:
    """A number of the family's own; neighbours in our count get numbers far apart."""
    return as_phone(number % len(AREA_CODES), number * STEP % LINES)


def other_phone(random: Random) -> str:
    """Anybody's number."""
    return as_phone(random.randrange(len(AREA_CODES)), random.randrange(LINES))


def as_phone(area: int, line: int) -> str:
    """The number as it is mostly written."""
    return f"{AREA_CODES[area]}-555-{FIRST_LINE + line}"
