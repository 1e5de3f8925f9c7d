"""A person as one agency wrote them down: the shape.

Belongs here: what an agency has on paper of a person, and what it says of them on a day. How it gets there, with its
style and slips, stays in `recording.py` and `slips.py`; when and why the agency met the person in `stays.py`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from dagster_project.demonstration.people import Family, Person
from dagster_project.demonstration.region import Home


@dataclass
class Record:
    """An agency's record of a person. Numbers are given once all records of the agency are known.

    `slip` is the kind of error it has, or `none`. `phone` and `health_number` are empty where the agency has none.
    `consent` is the answer given at the start, empty where the agency does not ask; `withdrawn` the day it was
    taken back.
    """

    agency_id: str
    person: Person
    family: Family
    role: str
    registered: date
    first_name: str
    last_name: str
    birth_date: date | None
    sex: str
    phone: str
    health_number: str
    birth_date_quality: str = "full"
    slip: str = "none"
    has_postal_code: bool = True
    learns_of_moves: bool = True
    parent: Record | None = None
    consent: str = ""
    withdrawn: date | None = None
    number: int = 0
    household: int = 0
    language: str = ""

    def moved(self) -> date | None:
        """The day on which the agency writes a new address, if it ever does."""
        moves = [home.since for home in self.family.homes[1:] if home.since > self.registered]
        return moves[0] if moves and self.learns_of_moves else None

    def home_on(self, day: date) -> Home:
        """The home that the agency knows of on a day."""
        return self.family.home_on(day if self.learns_of_moves else self.registered)

    def postal_code_on(self, day: date) -> str | None:
        """The postal code that the agency has on a day."""
        return self.home_on(day).postal_code if self.has_postal_code else None

    def consent_on(self, day: date) -> str:
        """The answer that holds on a day."""
        return "withdrawn" if self.withdrawn is not None and self.withdrawn <= day else self.consent


def strip_accents(text: str) -> str:
    """The text with plain letters only."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
