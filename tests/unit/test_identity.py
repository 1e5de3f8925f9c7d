"""Who is the same person, who is one family, where they live and how old they are; nothing of it tells a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dagster_project.contracts import Expectations
from dagster_project.identity import OUTPUTS, IdentityTally
from dagster_project.settings import Settings
from tests.conftest import make_settings
from tests.unit.linkage_rows import Linked, Row, enrolment, expectations_for_tests, person, rare_name


@pytest.fixture(scope="module")
def expectations() -> Expectations:
    return expectations_for_tests()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


A, B = ("clinic", "1"), ("school", "9")
# What is known of a person at one agency and at another, beside an equal rest; and whether they are one person. The
# rest is a name of nobody else, a birth date and a sex: no address.
PAIRS: list[tuple[str, Row, Row, bool]] = [
    ("equal", {}, {}, True),
    ("accents and case", {"names": "Zoé Côté"}, {"names": "ZOE COTE"}, True),
    ("hyphens and blanks", {"names": "Anne-Marie St-Onge"}, {"names": "AnneMarie St Onge"}, True),
    ("apostrophes", {"names": "Louise D'Amour"}, {"names": "Louise D’Amour"}, True),
    ("ligatures", {"names": "Anne Lecœur"}, {"names": "Anne Lecoeur"}, True),
    ("letters of another script", {"names": "ᐊᓂ ᐃᓄᒃ"}, {"names": "ᐊᓂ ᐃᓄᒃ"}, True),
    ("other letters of that script", {"names": "ᑐᑭ ᓯᓚ"}, {"names": "ᒪᓕ ᐱᑕ"}, False),
    ("twins", {"names": "Rosalie Fradette"}, {"names": "Camille Fradette"}, False),
    ("another day, month and year", {}, {"birth_date": date(1961, 8, 30)}, False),
    ("another sex", {}, {"sex": "male"}, True),
    ("sex not known", {}, {"sex": None}, True),
    ("sex not understood", {"sex": "unmapped"}, {"sex": "unmapped"}, True),
    ("another gender", {"sex": "other"}, {"sex": "other"}, True),
    ("birth dates missing", {"birth_date": None}, {"birth_date": None}, False),
    ("birth date said to be unknown", {"birth_date_quality": "unknown"}, {}, False),
    ("refused", {"birth_date_quality": "refused"}, {"birth_date_quality": "refused"}, False),
    ("approximate", {"birth_date_quality": "approximate"}, {"birth_date_quality": "full"}, True),
    ("last names missing", {"names": "Béatrice "}, {"names": "Béatrice "}, False),
    ("names without a letter", {"names": "-- ??"}, {"names": "-- ??"}, False),
    ("names exchanged", {"names": "Hélène Larocque"}, {"names": "Larocque Hélène"}, True),
    ("names that run together", {"names": "Ann Alee"}, {"names": "Anna Lee"}, True),
]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory, expectations: Expectations) -> Linked:
    """All pairs in one run, each of its own name and born on a day of its own: no pair has to do with another."""
    rows = []
    for n, (_, one, other, _) in enumerate(PAIRS):
        rest = {"names": rare_name(n), "birth_date": date(1950, 1, 20) + timedelta(days=613 * n)}
        rows.append(person("clinic", str(n), **{**rest, **one}))
        rows.append(person("school", str(n), **{**rest, **other}))
    return Linked(make_settings(tmp_path_factory.mktemp("pairs")), expectations, rows)


@pytest.mark.parametrize("n", range(len(PAIRS)), ids=[name for name, *_ in PAIRS])
def test_persons_of_two_agencies_are_one_when_enough_is_equal(pairs: Linked, n: int) -> None:
    wanted = {("clinic", str(n)), ("school", str(n))} if PAIRS[n][3] else {("clinic", str(n))}
    assert pairs.group(("clinic", str(n))) == wanted


def counts(tally: IdentityTally) -> tuple[int, int, int]:
    return tally.agency_persons, tally.shared_persons, tally.families


def test_all_persons_are_counted_once(pairs: Linked) -> None:
    assert counts(pairs.tally) == (2 * len(PAIRS), len(pairs.groups()), len(pairs.groups()))


def test_two_files_of_one_agency_are_one_person_too(settings: Settings, expectations: Expectations) -> None:
    linked = Linked(settings, expectations, [person("clinic", "1", "Marie Roy"), person("clinic", "2", "Marie Roy")])
    assert len(set(linked.shared.values())) == 1


def test_the_latest_row_of_a_person_counts(settings: Settings, expectations: Expectations) -> None:
    """A corrected name links from then on; the row received last of a period counts."""
    old = person(*A, "Jeanne Lemieux", month=1)
    corrected = person(*A, "Marie Roy", month=2)
    school = person(*B, "Marie Roy", month=1)
    linked = Linked(settings, expectations, [corrected, old, school])
    assert linked.shared[A] == linked.shared[B]
    resent = person(*A, "Zoé Roy", month=2, _received_date=date(2021, 5, 1), _receipt_order=9)
    linked = Linked(settings, expectations, [resent, corrected, old, school])
    assert linked.shared[A] != linked.shared[B]


def test_shared_ids_do_not_depend_on_the_order_of_rows(settings: Settings, expectations: Expectations) -> None:
    rows = [person("clinic", "1", "Marie Roy"), person("school", "9", "Marie Roy"), person("adoption", "4", "Zoé Roy")]
    first = Linked(settings, expectations, rows).shared
    assert Linked(settings, expectations, reversed(rows)).shared == first


def test_shared_ids_stay_when_another_agency_joins(settings: Settings, expectations: Expectations) -> None:
    rows = [person("school", "9", "Marie Roy", month=1), person("school", "8", "Zoé Roy", month=2)]
    before = Linked(settings, expectations, rows).shared
    newcomers = [person("adoption", "1", "Marie Roy", month=3), person("adoption", "2", "Zoé Roy", month=3)]
    after = Linked(settings, expectations, [*newcomers, *rows]).shared
    assert {name: after[name] for name in before} == before
    assert after["adoption", "1"] == before["school", "9"]


def test_a_shared_id_is_no_agencys_number(settings: Settings, expectations: Expectations) -> None:
    linked = Linked(settings, expectations, [person("clinic", "X12345", "Marie Roy")])
    assert "12345" not in linked.shared["clinic", "X12345"]


def in_household(agency: str, number: str, household: str, relationship: str | None, names: str = "") -> Row:
    return person(agency, number, names, household_id_agency=household, relationship_to_head=relationship)


def test_a_family_is_the_households_of_one_shared_head(settings: Settings, expectations: Expectations) -> None:
    linked = Linked(
        settings,
        expectations,
        [
            in_household("clinic", "1", "H1", "head", "Marie Roy"),
            in_household("clinic", "2", "H1", "child", "Zoé Roy"),
            in_household("school", "9", "M7", "head", "Marie Roy"),
            in_household("school", "8", "M7", "child", "Léa Roy"),
            in_household("school", "7", "H1", "head", "Ann Lee"),
        ],
    )
    assert len(linked.families(("clinic", "1"), ("clinic", "2"), ("school", "9"), ("school", "8"))) == 1
    assert linked.families(("school", "7")) & linked.families(("clinic", "1")) == set(), "H1 of another agency"
    assert linked.tally.families == 2
    assert linked.heads() == {("clinic", "1"), ("school", "9"), ("school", "7")}


def test_a_household_without_a_head_is_a_family_of_its_own(settings: Settings, expectations: Expectations) -> None:
    linked = Linked(
        settings,
        expectations,
        [
            in_household("clinic", "1", "H1", "child"),
            in_household("clinic", "2", "H1", None),
            in_household("school", "1", "H1", "child"),
        ],
    )
    assert len(linked.families(("clinic", "1"), ("clinic", "2"))) == 1
    assert linked.tally.families == 2
    assert linked.heads() == set()


def test_a_person_in_no_household_is_a_family_alone(settings: Settings, expectations: Expectations) -> None:
    linked = Linked(settings, expectations, [person(*A), person(*B)])
    assert linked.tally.families == 2
    assert linked.heads() == {A, B}


def test_a_child_of_two_households_is_in_two_families(settings: Settings, expectations: Expectations) -> None:
    linked = Linked(
        settings,
        expectations,
        [
            in_household("clinic", "1", "H1", "head", "Marie Roy"),
            in_household("clinic", "2", "H1", "child", "Zoé Roy"),
            in_household("school", "3", "M1", "head", "Jean Lee"),
            in_household("school", "4", "M1", "child", "Zoé Roy"),
        ],
    )
    assert counts(linked.tally) == (4, 3, 2)
    assert len(linked.families(("clinic", "2"))) == 2
    assert len(linked.families(("clinic", "1"))) == 1


def test_households_are_told_by_enrolments_too(settings: Settings, expectations: Expectations) -> None:
    """An HMIS export knows households of enrolments only."""
    linked = Linked(
        settings,
        expectations,
        [person("shelter", "1"), person("shelter", "2"), person("shelter", "3")],
        [
            enrolment("shelter", "E1", "1", household_id_agency="H1", relationship_to_head="head"),
            enrolment("shelter", "E2", "2", household_id_agency="H1", relationship_to_head="child"),
            enrolment("shelter", "E3", "3"),
        ],
    )
    assert linked.families(("shelter", "1")) == linked.families(("shelter", "2"))
    assert linked.tally.families == 2


def test_a_corrected_household_replaces_the_one_told_before(settings: Settings, expectations: Expectations) -> None:
    head: Row = {"household_id_agency": "H1", "relationship_to_head": "head"}
    linked = Linked(
        settings,
        expectations,
        [person("shelter", "1"), person("shelter", "2")],
        [
            enrolment("shelter", "E1", "1", **head),
            enrolment("shelter", "E2", "2", month=1, household_id_agency="H1"),
            enrolment("shelter", "E2", "2", month=2, household_id_agency="H2"),
        ],
    )
    assert linked.families(("shelter", "1")) & linked.families(("shelter", "2")) == set()


def test_two_heads_of_a_household_are_one_family_with_one_head(settings: Settings, expectations: Expectations) -> None:
    linked = Linked(
        settings,
        expectations,
        [in_household("clinic", "1", "H1", "head"), in_household("clinic", "2", "H1", "head")],
    )
    assert linked.tally.families == 1
    assert len(linked.heads()) == 1


# The rows of a person, and the zone.
ZONES: list[tuple[str, list[Row], str]] = [
    ("the zone's own code first", [{"zone_code": "town", "postal_code": "G0A 1A1"}], "town"),
    ("else the postal code, however it is written", [{"postal_code": "g0a1a1"}], "coast"),
    ("whatever stands between", [{"postal_code": "G-1 B 2B2"}], "town"),
    ("a code not understood", [{"zone_code": "unmapped", "postal_code": "G0A 1A1"}], "coast"),
    ("from elsewhere", [{"postal_code": "H2X 1A1"}], "unknown"),
    ("nothing known", [{}], "unknown"),
    ("the longer prefix, G1A before G1", [{"postal_code": "G1A 2B2"}], "coast"),
    ("the longer prefix, G0Z before G0", [{"postal_code": "G0Z 2B2"}], "town"),
    ("latest", [{"zone_code": "town", "month": 1}, {"zone_code": "coast", "month": 2}], "coast"),
    ("the latest row of an agency", [{"zone_code": "town", "month": 1}, {"month": 2}], "unknown"),
]


@pytest.fixture(scope="module")
def located(tmp_path_factory: pytest.TempPathFactory, expectations: Expectations) -> Linked:
    rows = [person("clinic", str(n), **row) for n, (_, known, _) in enumerate(ZONES) for row in known]
    return Linked(make_settings(tmp_path_factory.mktemp("located")), expectations, rows)


@pytest.mark.parametrize("n", range(len(ZONES)), ids=[name for name, *_ in ZONES])
def test_a_person_lives_in_the_zone_last_known(located: Linked, n: int) -> None:
    assert located.zone(("clinic", str(n))) == ZONES[n][2]


def test_the_zone_last_known_to_any_agency_counts(settings: Settings, expectations: Expectations) -> None:
    rows = [
        person("clinic", "1", "Marie Roy", month=3),
        person("school", "9", "Marie Roy", month=2, zone_code="coast"),
        person("adoption", "4", "Marie Roy", month=1, zone_code="town"),
    ]
    for order in (rows, rows[::-1]):
        linked = Linked(settings, expectations, order)
        assert linked.zone(("clinic", "1")) == "coast"


CHILD_TO_APRIL = ("child", "2021-01", "2021-04")
# A day of birth, and the age bands of the months from January 2021 on.
AGES: list[tuple[str, date | None, list[tuple[str, str, str]]]] = [
    ("within a month", date(2008, 3, 15), [CHILD_TO_APRIL, ("teen", "2021-04", "2026-04")]),
    ("on the first of a month", date(2008, 4, 1), [CHILD_TO_APRIL, ("teen", "2021-04", "2026-04")]),
    ("29 Feb", date(2008, 2, 29), [("child", "2021-01", "2021-03"), ("teen", "2021-03", "2026-03")]),
    ("18 on the first day", date(2003, 1, 1), [("adult", "2021-01", "9999-12")]),
    ("a day on", date(2003, 1, 2), [("teen", "2021-01", "2021-02"), ("adult", "2021-02", "9999-12")]),
    ("old", date(1930, 1, 1), [("adult", "2021-01", "9999-12")]),
    ("born since: the youngest before, too", date(2021, 2, 10), [("child", "2021-01", "2034-03")]),
    ("a band to come is left out", date(2008, 8, 15), [("child", "2021-01", "2021-09")]),
    ("not known", None, []),
]


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory, expectations: Expectations) -> Linked:
    rows = [person("clinic", str(n), birth_date=born) for n, (_, born, _) in enumerate(AGES)]
    return Linked(make_settings(tmp_path_factory.mktemp("aged")), expectations, rows)


@pytest.mark.parametrize("n", range(len(AGES)), ids=[name for name, *_ in AGES])
def test_age_bands_of_months(aged: Linked, n: int) -> None:
    own = [row[1:] for row in aged.rows("person_age_bands") if row[0] == aged.shared["clinic", str(n)]]
    found = [(band, str(start)[:7], str(end)[:7]) for band, start, end in sorted(own, key=lambda row: row[1])]
    assert found == AGES[n][2]


@pytest.mark.parametrize(
    ("born", "entered", "band"),
    [
        (date(2003, 1, 5), date(2021, 1, 5), "adult"),
        (date(2003, 1, 6), date(2021, 1, 5), "teen"),
        (date(2021, 1, 5), date(2021, 1, 5), "child"),
        (None, date(2021, 1, 5), None),
    ],
)
def test_age_band_at_entry(
    settings: Settings, expectations: Expectations, born: date | None, entered: date, band: str | None
) -> None:
    earlier = enrolment("clinic", "E1", "1", month=1, entry_date=date(1991, 1, 1))
    latest = enrolment("clinic", "E1", "1", month=2, entry_date=entered)
    linked = Linked(settings, expectations, [person(*A, birth_date=born)], [latest, earlier])
    assert linked.rows("enrolment_age_bands") == ([("clinic", "E1", band)] if band else [])


def test_a_birth_date_said_to_be_unknown_gives_no_age(settings: Settings, expectations: Expectations) -> None:
    """Systems fill in 1 January 1900 for it."""
    row = person(*A, birth_date=date(1900, 1, 1), birth_date_quality="unknown")
    linked = Linked(settings, expectations, [row], [enrolment("clinic", "E1", "1")])
    assert linked.rows("person_age_bands") == linked.rows("enrolment_age_bands") == []


def test_no_name_address_or_day_of_birth_leaves_the_vault(settings: Settings, expectations: Expectations) -> None:
    row = person(
        *A,
        "Zyxcanary Zyxcanary",
        birth_date=date(2003, 7, 19),
        postal_code="G0A Zyxcanary",
        phone="Zyxcanary",
        email="Zyxcanary",
        address="Zyxcanary",
        city="Zyxcanary",
        parent_first_name="Zyxcanary",
        parent_last_name="Zyxcanary",
        national_number="Zyxcanary",
        health_number="Zyxcanary",
        school_number="Zyxcanary",
        link_tokens="Zyxcanary",
    )
    linked = Linked(settings, expectations, [row], [enrolment("clinic", "E1", "1")])
    assert len(linked.shared) == 1
    files = sorted(path.name for path in settings.identity.iterdir())
    assert files == sorted(f"{name}.parquet" for name in OUTPUTS)
    for name in files:
        text = str(linked.rows(name.removesuffix(".parquet"))).casefold()
        assert "zyxcanary" not in text
        assert "2003, 7, 19" not in text
        assert "g0a" not in text


def test_an_initiative_without_persons_yet_is_no_error(settings: Settings, expectations: Expectations) -> None:
    without_zones = replace(expectations, initiative=replace(expectations.initiative, zones=()))
    assert counts(Linked(settings, without_zones, []).tally) == (0, 0, 0)
