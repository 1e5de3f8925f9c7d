"""Families: households of different agencies that are one family, those that are not, and those without a household."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dagster_project.settings import Settings
from tests.conftest import make_settings
from tests.unit.linkage_rows import Linked, Name, Row, expectations_for_tests, person

C, S, H = "clinic", "school", "shelter"
EXPECTATIONS = expectations_for_tests()
HOME: Row = {"address": "412 rue des Ormes", "postal_code": "G1B 2C3", "phone": "418 555 2368"}
ELSEWHERE: Row = {"address": "9 chemin du Lac", "postal_code": "G0R 4Y5", "phone": "581 555 7714"}
# Everybody's name and birth date, wherever they are known.
MOTHER, FATHER, GRANNY = "Marie Boulianne", "Jean Verreault", "Rita Roy"
CHILD, SISTER = "Zoé Verreault", "Léonie Verreault"
BORN = {MOTHER: "1982-06-13", FATHER: "1980-11-02", CHILD: "2012-04-25", SISTER: "2015-09-08", GRANNY: "1951-01-19"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def known(
    agency: str, number: str, names: str, household: str | None = None, role: str | None = None, **at: Any
) -> Row:
    born = {"birth_date": date.fromisoformat(BORN[names])} if names in BORN else {}
    sex = "male" if names == FATHER else "female"
    told = {"sex": sex, "household_id_agency": household, "relationship_to_head": role}
    return person(agency, number, names, **{**born, **told, **at})


def linked(settings: Settings, *rows: Row) -> Linked:
    return Linked(settings, EXPECTATIONS, rows)


def families(found: Linked) -> set[frozenset[Name]]:
    return {frozenset(found.members(family)) for family, *_ in found.rows("family_members")}


def test_households_that_share_the_head_are_one_family(settings: Settings) -> None:
    found = linked(
        settings,
        known(C, "1", MOTHER, "h", "head"),
        known(C, "2", CHILD, "h", "child"),
        known(S, "1", MOTHER, "m", "head"),
        known(S, "2", SISTER, "m", "child"),
    )
    assert families(found) == {frozenset({(C, "1"), (C, "2"), (S, "1"), (S, "2")})}
    assert found.tally.families == 1
    assert found.heads() == {(C, "1"), (S, "1")}


def test_households_that_share_an_adult_and_a_child_are_one_family(settings: Settings) -> None:
    found = linked(
        settings,
        known(C, "1", MOTHER, "h", "head"),
        known(C, "2", CHILD, "h", "child"),
        known(S, "1", FATHER, "m", "head"),
        known(S, "2", MOTHER, "m", "spouse_or_partner"),
        known(S, "3", CHILD, "m", "child"),
    )
    assert found.tally.families == 1


def test_households_that_share_children_only_stay_two_families(settings: Settings) -> None:
    """A family separated into two homes: both children live in both, each parent in one."""
    found = linked(
        settings,
        known(C, "1", MOTHER, "h", "head", **HOME),
        known(C, "2", CHILD, "h", "child", **HOME),
        known(C, "3", SISTER, "h", "child", **HOME),
        known(S, "1", FATHER, "m", "head", **ELSEWHERE),
        known(S, "2", CHILD, "m", "child", **ELSEWHERE),
        known(S, "3", SISTER, "m", "child", **ELSEWHERE),
    )
    assert found.tally.shared_persons == 4
    assert found.tally.families == 2
    assert len(found.families((C, "2"))) == len(found.families((C, "3"))) == 2
    assert len(found.families((C, "1"))) == len(found.families((S, "1"))) == 1


def test_one_shared_child_joins_no_households(settings: Settings) -> None:
    found = linked(
        settings,
        known(C, "1", MOTHER, "h", "head", **HOME),
        known(C, "2", CHILD, "h", "child", **HOME),
        known(S, "1", FATHER, "m", "head", **ELSEWHERE),
        known(S, "2", CHILD, "m", "child", **ELSEWHERE),
    )
    assert found.tally.families == 2


def test_one_shared_adult_who_heads_neither_joins_no_households(settings: Settings) -> None:
    found = linked(
        settings,
        known(C, "1", MOTHER, "h", "head", **HOME),
        known(C, "2", GRANNY, "h", "other_relative", **HOME),
        known(S, "1", FATHER, "m", "head", **ELSEWHERE),
        known(S, "2", GRANNY, "m", "other_relative", **ELSEWHERE),
    )
    assert found.tally.families == 2


def test_members_do_not_fan_out(settings: Settings) -> None:
    """A person known three times in one household of a family is one of its members."""
    found = linked(
        settings,
        *(known(agency, number, names, "h", role) for agency in (C, S, H)
          for number, names, role in (("1", MOTHER, "head"), ("2", CHILD, "child"), ("3", CHILD, "child"))),
    )  # fmt: skip
    rows = found.rows("family_members")
    assert found.tally.families == 1
    assert len(rows) == len({(family, one) for family, one, _ in rows}) == 2


def test_households_of_one_agency_with_one_head_are_one_family(settings: Settings) -> None:
    """A household that is numbered anew."""
    found = linked(
        settings,
        known(C, "1", MOTHER, "h1", "head"),
        known(C, "2", CHILD, "h1", "child"),
        known(C, "3", MOTHER, "h2", "head"),
        known(C, "4", SISTER, "h2", "child"),
    )
    assert found.tally.families == 1


def test_a_child_without_a_household_belongs_to_the_parent_named(settings: Settings) -> None:
    parent: Row = {"parent_first_name": "Marie", "parent_last_name": "Boulianne"}
    found = linked(settings, known(C, "1", MOTHER, **HOME), known(S, "1", CHILD, **HOME | {"phone": None}, **parent))
    assert families(found) == {frozenset({(C, "1"), (S, "1")})}


def test_the_parent_named_brings_the_household(settings: Settings) -> None:
    parent: Row = {"parent_first_name": "MARIE", "parent_last_name": "Boulianne"}
    found = linked(
        settings,
        known(C, "1", MOTHER, "h", "head", **HOME),
        known(C, "2", SISTER, "h", "child", **HOME),
        known(S, "1", CHILD, postal_code=HOME["postal_code"], **parent),
    )
    assert found.tally.families == 1
    assert found.heads() == {(C, "1")}


def test_siblings_who_name_one_parent_are_one_family(settings: Settings) -> None:
    parent: Row = {"parent_first_name": "Marie", "parent_last_name": "Boulianne"}
    found = linked(settings, known(S, "1", CHILD, **HOME, **parent), known(S, "2", SISTER, **HOME, **parent))
    assert found.tally.families == 1


def test_children_who_name_parents_of_one_name_elsewhere_are_two_families(settings: Settings) -> None:
    parent: Row = {"parent_first_name": "Marie", "parent_last_name": "Boulianne"}
    found = linked(settings, known(S, "1", CHILD, **HOME, **parent), known(S, "2", SISTER, **ELSEWHERE, **parent))
    assert found.tally.families == 2


def test_one_telephone_without_households_is_one_family(settings: Settings) -> None:
    found = linked(
        settings, known(C, "1", MOTHER, phone="(418) 555-2368"), known(S, "1", CHILD, phone="1 418 555 2368")
    )
    assert found.tally.families == 1


def test_one_address_and_last_name_without_households_is_one_family(settings: Settings) -> None:
    at = HOME | {"phone": None}
    found = linked(settings, known(C, "1", FATHER, **at), known(S, "1", CHILD, **at), known(S, "2", GRANNY, **at))
    assert families(found) == {frozenset({(C, "1"), (S, "1")}), frozenset({(S, "2")})}


def test_an_institutions_telephone_joins_nobody(settings: Settings) -> None:
    rows = [person(S, str(n), phone="418 555 9000", postal_code=f"G0A 1A{n % 10}") for n in range(20)]
    assert linked(settings, *rows).tally.families == 20


def test_an_institutions_address_joins_nobody_but_those_of_one_name(settings: Settings) -> None:
    at: Row = {"address": "1 place du Refuge", "postal_code": "G1K 1A1"}
    rows = [person(H, str(n), **at) for n in range(20)]
    assert linked(settings, *rows).tally.families == 20


def test_a_placeholder_telephone_joins_nobody(settings: Settings) -> None:
    for phone in ("000-0000", "418 555 5555", "999 999 9999", "n/a"):
        rows = [known(C, "1", MOTHER, phone=phone), known(S, "1", GRANNY, phone=phone)]
        found = linked(settings, *rows)
        assert (phone, found.tally.families) == (phone, 2)


def test_a_person_of_whom_nothing_else_is_known_is_a_family_alone(settings: Settings) -> None:
    found = linked(settings, known(C, "1", MOTHER), known(S, "1", GRANNY))
    assert found.tally.families == 2
    assert found.heads() == {(C, "1"), (S, "1")}


def test_who_said_no_stays_in_the_agencys_own_household_and_joins_no_other(settings: Settings) -> None:
    found = linked(
        settings,
        known(C, "1", MOTHER, "h", "head", consent_to_link="no"),
        known(C, "2", CHILD, "h", "child", consent_to_link="no"),
        known(S, "1", MOTHER, "m", "head"),
        known(S, "2", CHILD, "m", "child"),
    )
    assert families(found) == {frozenset({(C, "1"), (C, "2")}), frozenset({(S, "1"), (S, "2")})}


def test_who_said_no_is_not_found_by_telephone_address_or_child(settings: Settings) -> None:
    parent: Row = {"parent_first_name": "Jean", "parent_last_name": "Verreault"}
    found = linked(
        settings, known(C, "1", FATHER, **HOME, consent_to_link="no"), known(S, "1", CHILD, **HOME, **parent)
    )
    assert found.tally.families == 2


def test_there_are_no_fewer_persons_the_stricter_the_matching(settings: Settings) -> None:
    found = linked(
        settings,
        known(C, "1", MOTHER, "h", "head", **HOME),
        known(S, "1", MOTHER, **ELSEWHERE | {"phone": HOME["phone"]}),
        known(H, "1", "Mary Boulianne", **HOME),
        known(H, "2", "Marie Roy", birth_date=None, **HOME),
    )
    bands = found.rows("person_bands")
    strict, lenient = len({row[2] for row in bands}), len({row[3] for row in bands})
    assert strict >= found.tally.shared_persons >= lenient
    by_strict = {(a, n): s for a, n, s, _ in bands}
    for name, one in found.shared.items():
        alike = [other for other, shared in by_strict.items() if shared == by_strict[name]]
        assert {found.shared[other] for other in alike} == {one}, "strict matching lies within the chosen"


def test_members_under_strict_and_lenient_matching_do_not_fan_out(settings: Settings) -> None:
    found = linked(
        settings,
        known(C, "1", MOTHER, "h", "head"),
        known(C, "2", CHILD, "h", "child"),
        known(S, "1", MOTHER, "m", "head"),
        known(S, "2", CHILD, "m", "child"),
    )
    for band in ("strict", "lenient"):
        rows = found.rows(f"family_members_{band}")
        assert len(rows) == len({row[:2] for row in rows})
        assert {row[1] for row in rows} == {row[2 if band == "strict" else 3] for row in found.rows("person_bands")}
