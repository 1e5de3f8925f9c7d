"""Recognition: what a file is by its name: which agreed kind, which period, whole or a correction.

Belongs here: names. Stays out: what is in the file.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from dagster_project.contracts import Agreement, FileKind, Period

# After the agreed part of a name, one of these words says that the file holds only rows that were put right.
_CORRECTION = re.compile(r"(?<![^\W_])corr(ection|ected|ige|igee)e?s?(?![^\W_])", re.IGNORECASE)


@dataclass(frozen=True)
class Recognised:
    """What a name says; `first_day` is the first day that it names. Without a kind the name is of none agreed."""

    kind: FileKind | None = None
    period: Period | None = None
    first_day: date | None = None
    is_correction: bool = False


def recognise(agreement: Agreement, file_name: str) -> Recognised:
    """The kind of file that a name is of, the period it speaks for, and whether it only corrects."""
    for kind in agreement.files:
        first_day = kind.period_start(file_name)
        if first_day is not None:
            return Recognised(kind, agreement.period_of(first_day), first_day, is_correction(kind, file_name))
    return Recognised()


def is_correction(kind: FileKind, file_name: str) -> bool:
    """Whether the name says so where the agreed pattern does not."""
    return bool(_CORRECTION.search(_unaccented(file_name))) and not _CORRECTION.search(_unaccented(kind.pattern))


def _unaccented(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
