"""What may be used to link whom: identifiers by the agreement, and consent of the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dagster_project.settings import Settings
from tests.conftest import make_settings
from tests.unit.linkage_rows import AS_OF, Linked, Row, expectations_for_tests, person, rare_name, read_rows

C, S, H = "clinic", "school", "shelter"
HOME: Row = {"address": "412 rue des Ormes", "postal_code": "G1B 2C3", "city": "Lac-Neuf", "phone": "418 555 2368"}
NUMBER = "BOUN82561399"
ALLOWED = expectations_for_tests(identifiers={C: ("health_number",), S: ("health_number",), H: ("health_number",)})
NOT_ALLOWED = expectations_for_tests()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def of_number(agency: str, number: str, names: str, born: str, identifier: str | None, **other: Any) -> Row:
    return person(agency, number, names, birth_date=date.fromisoformat(born), health_number=identifier, **other)


# Married since, and moved: names and birth date do not say enough.
MARRIED = [
    of_number(C, "1", "Nancy Boulianne", "1982-06-13", NUMBER, **HOME),
    of_number(H, "2", "Nancy Verreault", "1982-06-13", NUMBER, address="9 chemin du Lac", postal_code="G0R 4Y5"),
]


def test_an_identifier_that_the_agreements_allow_is_strong_evidence(settings: Settings) -> None:
    assert len(Linked(settings, ALLOWED, MARRIED).groups()) == 1


def test_an_identifier_is_off_unless_the_agreement_turns_it_on(settings: Settings) -> None:
    assert len(Linked(settings, NOT_ALLOWED, MARRIED).groups()) == 2


def test_an_identifier_counts_only_where_both_agreements_allow_it(settings: Settings) -> None:
    one_only = expectations_for_tests(identifiers={C: ("health_number",)})
    assert len(Linked(settings, one_only, MARRIED).groups()) == 2


def test_an_identifier_of_another_kind_is_not_turned_on_with_it(settings: Settings) -> None:
    other_kind = expectations_for_tests(identifiers={C: ("school_number",), H: ("national_number",)})
    assert len(Linked(settings, other_kind, MARRIED).groups()) == 2


def test_an_identifier_is_compared_however_it_is_written(settings: Settings) -> None:
    first, second = MARRIED
    rows = [first | {"health_number": "BOUN 8256 1399"}, second | {"health_number": "boun-8256-1399"}]
    assert len(Linked(settings, ALLOWED, rows).groups()) == 1


@pytest.mark.parametrize(
    "placeholder",
    ["000000000", "123456789", "999 999 999", "987654321", "0000-0000", "111111111111", "XXXXXXXXXXXX", "N/A", "-",
     "1234567890", "AAAA00000000"],
)  # fmt: skip
def test_a_placeholder_merges_nobody(settings: Settings, placeholder: str) -> None:
    """Even where all else would leave a doubt."""
    rows = [row | {"health_number": placeholder} for row in MARRIED]
    assert len(Linked(settings, ALLOWED, rows).groups()) == 2


def test_a_number_that_many_bear_merges_nobody(settings: Settings) -> None:
    """The agency's own number in the place of the person's."""
    rows = [person(C, str(n), health_number="4502318867") for n in range(8)]
    for n in range(8):
        first, last = rare_name(f"clinic{n}").split()[0], rare_name(n).split()[1]
        born = rows[n]["birth_date"]
        rows.append(person(H, str(n), f"{first} {last}", birth_date=born, health_number="4502318867"))
    assert len(Linked(settings, ALLOWED, rows).groups()) == 16


def test_a_mothers_number_does_not_make_her_child_herself(settings: Settings) -> None:
    rows = [
        of_number(C, "1", "Anne Boulianne", "1982-06-13", NUMBER, **HOME),
        of_number(S, "2", "Zoé Boulianne", "2014-02-02", NUMBER, **HOME),
    ]
    assert len(Linked(settings, ALLOWED, rows).groups()) == 2


def test_twins_entered_under_their_mothers_number_stay_two(settings: Settings) -> None:
    """Newborns often have no number of their own yet."""
    rows = [
        of_number(C, "1", "Anne Boulianne", "1982-06-13", NUMBER, **HOME),
        of_number(C, "2", "Rose Boulianne", "2020-02-02", NUMBER, **HOME),
        of_number(C, "3", "Lily Boulianne", "2020-02-02", NUMBER, **HOME),
    ]
    assert len(Linked(settings, ALLOWED, rows).groups()) == 3


def test_a_father_and_son_of_one_name_stay_two_under_the_fathers_number(settings: Settings) -> None:
    rows = [
        of_number(C, "1", "Jean Boulianne", "1975-06-13", NUMBER, sex="male", **HOME),
        of_number(S, "2", "Jean Boulianne", "2009-11-22", NUMBER, sex="male", **HOME),
    ]
    assert len(Linked(settings, ALLOWED, rows).groups()) == 2


def test_an_adopted_child_with_both_names_changed_is_linked_by_number_and_birth_date(settings: Settings) -> None:
    rows = [
        of_number(C, "1", "Kim Boulianne", "2016-06-13", NUMBER, **HOME),
        of_number(S, "2", "Laurence Verreault", "2016-06-13", NUMBER, address="9 chemin du Lac", postal_code="G0R 4Y5"),
    ]
    assert len(Linked(settings, ALLOWED, rows).groups()) == 1


def test_an_adopted_child_with_both_names_changed_is_asked_about(settings: Settings) -> None:
    """Without a number nobody can tell it from a twin: a person decides."""
    rows = [
        of_number(C, "1", "Kim Boulianne", "2016-06-13", None, **HOME),
        of_number(S, "2", "Laurence Verreault", "2016-06-13", None, **HOME),
    ]
    linked = Linked(settings, NOT_ALLOWED, rows)
    assert len(linked.groups()) == 2
    assert linked.tally.to_review == 1


def test_an_adopted_child_who_moved_and_changed_the_last_name_is_asked_about(settings: Settings) -> None:
    rows = [
        of_number(C, "1", "Kim Boulianne", "2016-06-13", None, **HOME),
        of_number(S, "2", "Kim Verreault", "2016-06-13", None, address="9 chemin du Lac", postal_code="G0R 4Y5"),
    ]
    linked = Linked(settings, NOT_ALLOWED, rows)
    assert len(linked.groups()) == 2
    assert linked.tally.to_review == 1


# Consent: three agencies know one person.
def three(consent: str | None = None, month: int = 1) -> list[Row]:
    rows = [person(agency, "1", "Marie Roy", **HOME) for agency in (C, S)]
    return [*rows, person(H, "1", "Marie Roy", month=month, consent_to_link=consent, **HOME)]


@pytest.mark.parametrize(
    ("consent", "is_linked"),
    [("yes", True), (None, True), ("not_collected", True), ("unmapped", True), ("no", False), ("withdrawn", False)],
)
def test_who_says_no_is_counted_and_never_linked(settings: Settings, consent: str | None, is_linked: bool) -> None:
    linked = Linked(settings, NOT_ALLOWED, three(consent))
    assert linked.shared[C, "1"] == linked.shared[S, "1"]
    assert (linked.shared[H, "1"] == linked.shared[C, "1"]) is is_linked
    assert linked.tally.agency_persons == 3
    assert linked.tally.not_linkable == (not is_linked)


@pytest.mark.parametrize(
    ("consent", "is_linked"),
    [("yes", True), (None, False), ("not_collected", False), ("unmapped", False), ("no", False), ("withdrawn", False)],
)
def test_silence_is_no_consent_where_it_is_required(settings: Settings, consent: str | None, is_linked: bool) -> None:
    linked = Linked(settings, expectations_for_tests(required=[H]), three(consent))
    assert (linked.shared[H, "1"] == linked.shared[C, "1"]) is is_linked
    assert linked.tally.not_linkable == (not is_linked)


def test_no_identifier_links_who_said_no(settings: Settings) -> None:
    rows = [row | {"health_number": NUMBER} for row in three("no")]
    linked = Linked(settings, ALLOWED, rows)
    assert linked.group((H, "1")) == {(H, "1")}


def test_who_said_no_is_not_linked_within_the_agency_either(settings: Settings) -> None:
    rows = [person(H, "1", "Marie Roy", consent_to_link="no", **HOME), person(H, "2", "Marie Roy", **HOME)]
    assert len(Linked(settings, NOT_ALLOWED, rows).groups()) == 2


def test_a_withdrawal_takes_effect_at_the_next_build_and_the_others_keep_their_id(settings: Settings) -> None:
    before = Linked(settings, NOT_ALLOWED, three("yes")).shared
    assert len(set(before.values())) == 1
    after = Linked(settings, NOT_ALLOWED, [*three("yes"), three("withdrawn", month=2)[2]])
    assert after.shared[C, "1"] == after.shared[S, "1"] == before[C, "1"]
    assert after.shared[H, "1"] != before[H, "1"]
    events = after.journal("person_ids_ledger", "kind, old_id, new_id, reason")
    assert events == [("split", before[H, "1"], after.shared[H, "1"], "consent withdrawn")]
    again = Linked(settings, NOT_ALLOWED, [*three("yes"), three("withdrawn", month=2)[2]])
    assert again.shared == after.shared


def test_who_withdraws_leaves_the_id_even_when_the_first_to_bear_it(settings: Settings) -> None:
    """Else the others could be followed by the id of the one who left."""
    rows = [person(C, "1", "Marie Roy", month=1, **HOME), person(S, "1", "Marie Roy", month=2, **HOME)]
    before = Linked(settings, NOT_ALLOWED, rows).shared
    gone = person(C, "1", "Marie Roy", month=3, consent_to_link="withdrawn", **HOME)
    after = Linked(settings, NOT_ALLOWED, [*rows, gone]).shared
    assert after[S, "1"] == before[S, "1"]
    assert after[C, "1"] != before[C, "1"]


def test_consent_given_again_links_again_under_the_old_id(settings: Settings) -> None:
    before = Linked(settings, NOT_ALLOWED, three("yes")).shared
    Linked(settings, NOT_ALLOWED, [*three("yes"), three("withdrawn", month=2)[2]])
    again = Linked(settings, NOT_ALLOWED, [*three("withdrawn"), three("yes", month=3)[2]])
    assert again.shared == before


def test_no_pair_of_one_who_withdrew_is_kept_or_asked_about(settings: Settings) -> None:
    Linked(settings, NOT_ALLOWED, three("yes"))
    after = Linked(settings, NOT_ALLOWED, [*three("yes"), three("withdrawn", month=2)[2]])
    numbers = {(agency, number): n for agency, number, n, _ in after.journal("person_numbers")}
    pairs = read_rows(settings.vault / "linkage" / "pairs.parquet", "person_number_l, person_number_r")
    assert numbers[H, "1"] not in {number for pair in pairs for number in pair}
    assert after.tally.to_review == 0


@pytest.mark.parametrize("later", [None, "not_collected"])
def test_a_refusal_outlives_the_file_that_held_it(settings: Settings, later: str | None) -> None:
    before = Linked(settings, NOT_ALLOWED, [*three("yes")[:2], three("withdrawn")[2]])
    # The corrected file replaces the first, and leaves the answer out.
    after = Linked(settings, NOT_ALLOWED, [*three("yes")[:2], three(later, month=2)[2]])
    assert after.shared == before.shared


def test_a_refusal_holds_for_every_past_day(settings: Settings) -> None:
    """Who has withdrawn since is linked on no day, and a build of a past day adds nothing to the journal."""
    before = Linked(settings, NOT_ALLOWED, three("yes"))
    assert len(before.groups()) == 1
    Linked(settings, NOT_ALLOWED, [*three("yes"), three("withdrawn", month=2)[2]])
    journal = {path: path.read_bytes() for path in settings.journal.rglob("*.parquet")}

    then = Linked(replace(settings, known_by=AS_OF), NOT_ALLOWED, three("yes"))
    assert then.groups() == {frozenset({(C, "1"), (S, "1")}), frozenset({(H, "1")})}
    assert {path: path.read_bytes() for path in settings.journal.rglob("*.parquet")} == journal


def test_a_consent_given_later_links_nobody_on_an_earlier_day(settings: Settings) -> None:
    required = expectations_for_tests(required=[H])
    assert len(Linked(settings, required, three(None)).groups()) == 2
    assert len(Linked(settings, required, [*three(None), three("yes", month=2)[2]]).groups()) == 1
    then = replace(settings, known_by=date(2021, 1, 20))
    assert len(Linked(then, required, three(None)).groups()) == 2
