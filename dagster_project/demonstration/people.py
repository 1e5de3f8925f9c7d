"""True persons and their families, as shapes.

Belongs here: who is who and who lives with whom. How they are made stays in `registry.py`, what an agency writes down
about them in `records.py`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from dagster_project.demonstration.region import Home

DAYS_IN_YEAR = 365.25


@dataclass(frozen=True)
class Person:
    """A true person."""

    number: int
    first_name: str
    last_name: str
    birth_date: date
    sex: str
    former_last_name: str | None = None
    is_adopted: bool = False
    health_digits: str = ""

    def health_number(self) -> str:
        """A made-up number of four letters of the name at birth and eight digits that say nothing."""
        letters = [
            re.sub("[^A-Z]", "", unicodedata.normalize("NFD", name.upper())).ljust(3, "X")
            for name in (self.former_last_name or self.last_name, self.first_name)
        ]
        return f"{letters[0][:3]}{letters[1][:1]} {self.health_digits[:4]} {self.health_digits[4:]}"

    def age_on(self, day: date) -> float:
        """Age in years."""
        return (day - self.birth_date).days / DAYS_IN_YEAR


@dataclass(frozen=True)
class Member:
    """A person's place in a family."""

    person: Person
    role: str


@dataclass
class Family:
    """A true family: persons under one roof, the head first."""

    number: int
    members: list[Member]
    homes: list[Home]
    phone: str
    is_adoptive: bool

    def home_on(self, day: date) -> Home:
        """The home on a day: the last one reached, else the first."""
        return [home for home in self.homes if home.since <= day or home is self.homes[0]][-1]

    def children(self) -> list[Member]:
        """The members who are children of the household."""
        return [member for member in self.members if member.role == "child"]
