"""What makes the population hard to tell apart, counted in the files.

Belongs here: each trap and how it is found again. Where the population gets them stays in `registry.py`,
`population.py` and `slips.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from itertools import combinations
from typing import TypeVar

from dagster_project.demonstration.bookkeeping import build_books
from dagster_project.demonstration.mistakes import PLACEHOLDERS
from dagster_project.demonstration.months import LAST_DAY
from dagster_project.demonstration.people import Person
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.truth import numbers_sent
from dagster_project.demonstration.writing import DEFAULT_SEED

Records = list[Record]
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value", bound=Hashable)
# The family centre writes an address on the day of a visit only, so that of its last visit may be an old one.
TELLS_NO_ADDRESS_OF_TODAY = ("family_centre",)


def count_traps(scale: int = 1, seed: int = DEFAULT_SEED) -> dict[str, int]:
    """How many of each trap the files hold."""
    records = []
    for book in build_books(scale, seed).values():
        sent = numbers_sent(book)
        records += [record for record in book.records if record.number in sent]
    return {trap: count(records) for trap, count in TRAPS.items()}


def twins_of_one_sex(records: Records) -> int:
    """Pairs of children of one family, day of birth and sex."""
    return sum(is_pair(one, other) and one.birth_date == other.birth_date for one, other in siblings(records))


def other_siblings_of_one_sex(records: Records) -> int:
    """Pairs of children of one family and sex, born on different days."""
    return sum(is_pair(one, other) and one.birth_date != other.birth_date for one, other in siblings(records))


def siblings(records: Records) -> set[tuple[Person, Person]]:
    """Pairs of children of one family."""
    children = grouped((record.family.number, record.person) for record in records if record.role == "child")
    return {pair for found in children.values() for pair in pairs(found)}


def is_pair(one: Person, other: Person) -> bool:
    """Whether two siblings are of one sex and bear one last name."""
    return (one.sex, one.last_name) == (other.sex, other.last_name)


def parent_and_child_with_one_name(records: Records) -> int:
    """Pairs of a parent and a child of one family with equal first and last names."""
    named = grouped(
        ((record.family.number, record.person.first_name, record.person.last_name), record.person) for record in records
    )
    found = (pair for persons in named.values() for pair in pairs(persons))
    return sum(abs(one.age_on(LAST_DAY) - other.age_on(LAST_DAY)) > 14 for one, other in found)


def two_with_one_name_and_birth_year(records: Records) -> int:
    """Pairs of persons of different families with one name, sex and year of birth."""
    families = grouped((record.person.number, record.family.number) for record in records)
    persons = {record.person for record in records}
    named = grouped(((one.first_name, one.last_name, one.sex, one.birth_date.year), one) for one in persons)
    found = (pair for alike in named.values() for pair in pairs(alike))
    return sum(not families[one.number] & families[other.number] for one, other in found)


def person_at_two_addresses(records: Records) -> int:
    """Persons of one family whose agencies hold different postal codes of them."""
    homes = grouped(
        ((record.person.number, record.family.number), record.postal_code_on(LAST_DAY))
        for record in records
        if record.has_postal_code and record.agency_id not in TELLS_NO_ADDRESS_OF_TODAY
    )
    return len({person for (person, _), found in homes.items() if len(found) > 1})


def family_separated_into_two_homes(records: Records) -> int:
    """Pairs of families, both in the files, that share a child, who is in the files as well."""
    families = grouped((record.person.number, record.family.number) for record in records)
    return len({frozenset(found) for found in families.values() if len(found) > 1})


def child_twice_at_one_agency(records: Records) -> int:
    """Children of separated parents whom one agency knows under two numbers."""
    numbers = grouped(((record.agency_id, record.person.number), record.number) for record in records)
    return sum(len(found) > 1 for found in numbers.values())


def name_changed_by_adoption(records: Records) -> int:
    """Adopted children whom agencies know under their former and under their present last name."""
    knew = grouped(
        (record.person.number, record.slip in ("former_last_name", "name_before_adoption"))
        for record in records
        if record.person.is_adopted
    )
    return sum(len(found) > 1 for found in knew.values())


def placeholder_shared_by_strangers(records: Records) -> int:
    """Placeholders in place of a health number that stand with several persons."""
    placeholders = {number for numbers in PLACEHOLDERS.values() for number in numbers}
    bearers = grouped(
        (record.health_number, record.person.number) for record in records if record.health_number in placeholders
    )
    return sum(len(found) > 1 for found in bearers.values())


def grouped(found: Iterable[tuple[Key, Value]]) -> dict[Key, set[Value]]:
    """All values of each key."""
    groups: dict[Key, set[Value]] = defaultdict(set)
    for key, value in found:
        groups[key].add(value)
    return groups


def pairs(persons: set[Person]) -> Iterable[tuple[Person, Person]]:
    """All pairs, each once."""
    return combinations(sorted(persons, key=lambda person: person.number), 2)


TRAPS: dict[str, Callable[[Records], int]] = {
    "twins_of_one_sex": twins_of_one_sex,
    "other_siblings_of_one_sex": other_siblings_of_one_sex,
    "parent_and_child_with_one_name": parent_and_child_with_one_name,
    "two_with_one_name_and_birth_year": two_with_one_name_and_birth_year,
    "person_at_two_addresses": person_at_two_addresses,
    "family_separated_into_two_homes": family_separated_into_two_homes,
    "child_twice_at_one_agency": child_twice_at_one_agency,
    "name_changed_by_adoption": name_changed_by_adoption,
    "placeholder_shared_by_strangers": placeholder_shared_by_strangers,
}
