"""A person as one agency wrote them down, with the slips that files really have.

Belongs here: the difference between a true person and an agency's record of them. When and why the agency met them
stays in `stays.py`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from random import Random

from dagster_project.demonstration.people import Family, Person

SLIPS = {
    "none": 93.3,
    "typing_error": 2.2,
    "shortened_first_name": 0.8,
    "swapped_day_and_month": 0.9,
    "first_of_january": 1.0,
    "missing_birth_date": 1.0,
    "missing_sex": 0.8,
}
WITHOUT_ACCENTS = ("child_protection", "police_victim_support")
NEIGHBOUR_KEYS = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "t": "r", "l": "k", "s": "d", "r": "t", "u": "y"}


@dataclass
class Record:
    """An agency's record of a person. Numbers are given once all records of the agency are known."""

    agency_id: str
    person: Person
    family: Family
    role: str
    registered: date
    first_name: str
    last_name: str
    birth_date: date | None
    birth_date_quality: str
    sex: str
    learns_of_moves: bool
    number: int = 0
    household: int = 0

    def moved(self) -> date | None:
        """The day on which the agency writes a new address, if it ever does."""
        moves = [home.since for home in self.family.homes[1:] if home.since > self.registered]
        return moves[0] if moves and self.learns_of_moves else None


def record_person(
    random: Random, agency_id: str, person: Person, family: Family, role: str, registered: date
) -> Record:
    """Write a person down as the agency would, with at most one slip."""
    slip = random.choices(list(SLIPS), list(SLIPS.values()))[0]
    first_name, last_name = written_names(random, agency_id, person, slip)
    birth_date, quality = written_birth_date(random, agency_id, person.birth_date, slip)
    sex = "not_collected" if slip == "missing_sex" else person.sex
    return Record(
        agency_id, person, family, role, registered, first_name, last_name, birth_date, quality, sex,
        learns_of_moves=random.random() < 0.7,
    )  # fmt: skip


def written_names(random: Random, agency_id: str, person: Person, slip: str) -> tuple[str, str]:
    """First and last name as written by the agency."""
    first_name, last_name = person.first_name, person.last_name
    knows_former_name = 0.8 if person.is_adopted and agency_id == "child_protection" else 0.3
    if person.former_last_name and agency_id != "post_adoption" and random.random() < knows_former_name:
        last_name = person.former_last_name
    if slip == "typing_error":
        if random.random() < 0.5:
            first_name = mistype(random, first_name)
        else:
            last_name = mistype(random, last_name)
    if slip == "shortened_first_name":
        first_name = first_name.split("-")[0] if "-" in first_name else first_name[: max(3, len(first_name) - 3)]
    if agency_id in WITHOUT_ACCENTS or random.random() < 0.06:
        first_name, last_name = strip_accents(first_name), strip_accents(last_name)
    if random.random() < 0.15:
        first_name, last_name = first_name.replace("-", " "), last_name.replace("-", " ")
    if agency_id == "police_victim_support":
        return first_name.upper(), last_name.upper()
    return first_name, last_name


def written_birth_date(random: Random, agency_id: str, birth_date: date, slip: str) -> tuple[date | None, str]:
    """Birth date and its quality as written by the agency."""
    if slip == "missing_birth_date" and agency_id != "family_centre":
        return None, random.choice(["unknown", "refused", "not_collected"])
    if slip == "first_of_january":
        return birth_date.replace(month=1, day=1), "approximate"
    if slip == "swapped_day_and_month" and birth_date.day <= 12:
        return birth_date.replace(month=birth_date.day, day=birth_date.month), "full"
    return birth_date, "full"


def mistype(random: Random, name: str) -> str:
    """One slip of the fingers: two letters swapped, one lost, or a neighbour's key."""
    place = random.randint(1, max(1, len(name) - 2))
    kind = random.choice(["swap", "lose", "neighbour"])
    if kind == "swap":
        return name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :]
    if kind == "lose" and len(name) > 3:
        return name[:place] + name[place + 1 :]
    return name[:place] + NEIGHBOUR_KEYS.get(name[place], "e") + name[place + 1 :]


def strip_accents(text: str) -> str:
    """The text with plain letters only."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
