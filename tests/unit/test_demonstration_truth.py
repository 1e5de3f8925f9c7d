"""The demonstration's truth: its errors at their rates, its traps, who consents, and what the documents say of them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import dagster_project.demonstration as demonstration
from dagster_project.contracts import Expectations, load_expectations
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.slips import SLIPS
from dagster_project.demonstration.traps import TRAPS, count_traps

PROJECT = Path(__file__).resolve().parents[2]
RAW = PROJECT / "data" / "raw"
DOCUMENT = PROJECT / "docs" / "demonstration.md"
COLUMNS_OF = {
    "postal_code": "postal_code", "address": "address", "town": "city", "phone": "phone", "phone_of_heads": "phone",
    "health_number": "health_number", "consent": "consent_to_link", "zone": "zone_code", "parent": "parent_last_name",
    "household": "household_id_agency",
}  # fmt: skip
CONSENT_CODES = {"O": "yes", "N": "no", "R": "withdrawn", "ND": "not_collected"}


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return demonstration.true_persons()


@pytest.fixture(scope="module")
def in_files(truth: pd.DataFrame) -> pd.DataFrame:
    return truth[truth.is_in_files]


@pytest.fixture(scope="module")
def traps() -> dict[str, int]:
    return count_traps()


@pytest.fixture(scope="module")
def expectations() -> Expectations:
    return load_expectations(PROJECT / "expectations")


def table_rows(first_cell: str) -> list[list[str]]:
    """The rows of the document's tables whose first cell is like this."""
    lines = [line.strip("| \n").split(" | ") for line in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    return [cells for cells in lines if re.fullmatch(first_cell, cells[0]) and len(cells) > 2]


def test_the_document_states_the_rates_of_errors_and_their_shares(in_files: pd.DataFrame) -> None:
    counts, total = in_files.slip.value_counts(), len(in_files)
    expected = [
        [f"`{slip.kind}`", f"{slip.rate:g}", str(counts[slip.kind]), f"{100 * counts[slip.kind] / total:.2f}"]
        for slip in SLIPS
    ]
    stated = [[cells[0], *cells[2:]] for cells in table_rows("`[a-z_]+`") if len(cells) == 5]
    assert stated == expected
    all_slips = total - counts["none"]
    assert table_rows("any")[0][-2:] == [str(all_slips), f"{100 * all_slips / total:.2f}"]


def test_the_document_states_the_sizes(in_files: pd.DataFrame) -> None:
    sizes = [len(in_files), in_files.true_person.nunique(), in_files.true_family.nunique()]
    text = " ".join(DOCUMENT.read_text(encoding="utf-8").split())
    found = re.search(r"(\d+) records of persons in the files, of (\d+) true persons in (\d+) true families", text)
    assert found is not None
    assert [int(number) for number in found.groups()] == sizes


def test_the_document_states_the_traps(traps: dict[str, int]) -> None:
    stated = {cells[0].strip("`"): int(cells[2]) for cells in table_rows("`[a-z_]+`") if cells[0].strip("`") in TRAPS}
    assert stated == traps


def test_the_document_states_who_consents(in_files: pd.DataFrame) -> None:
    for cells in table_rows("`[a-z_]+`"):
        if len(cells) == 7:
            rows = in_files[in_files.agency_id == cells[0].strip("`")]
            answers = [(rows.consent_to_link == code).sum() for code in CONSENT_CODES.values()]
            assert [int(cell) for cell in cells[2:]] == [*answers, rows.may_be_linked.sum()]


def test_errors_are_as_frequent_as_in_real_files(truth: pd.DataFrame) -> None:
    share = (truth.slip != "none").mean()
    assert 0.07 < share < 0.12
    assert set(truth.slip) == {"none", *(slip.kind for slip in SLIPS)}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_trap_is_there_whatever_the_seed(seed: int) -> None:
    assert [trap for trap, count in count_traps(seed=seed).items() if count == 0] == []


def test_every_trap_is_there_more_than_once(traps: dict[str, int]) -> None:
    assert {trap: count for trap, count in traps.items() if count < 5} == {}


def test_a_child_of_separated_parents_has_two_families(truth: pd.DataFrame) -> None:
    members = demonstration.true_family_members()
    families = members.groupby("true_person").true_family.nunique()
    assert set(families) == {1, 2}
    assert set(members[members.true_person.isin(families[families == 2].index)].role) == {"child"}
    pairs = set(zip(members.true_family, members.true_person, strict=True))
    assert set(zip(truth.true_family, truth.true_person, strict=True)) <= pairs


def test_what_an_agency_sends_is_in_its_agreement(expectations: Expectations) -> None:
    for agency_id, partner in PARTNERS.items():
        agreement = expectations.agreements[agency_id]
        extracts = [
            extract for file in agreement.agreed_files for extract in file.extracts if extract.dataset == "persons"
        ]
        mapped = {column for extract in extracts for column in extract.columns} & set(COLUMNS_OF.values())
        sent = {COLUMNS_OF[what] for what in partner.sends}
        assert mapped == sent - ({"household_id_agency"} if agency_id == "housing_agency" else set()), agency_id
        assert agreement.needs_consent_to_link == partner.needs_consent


def test_the_last_file_says_who_consents_now(in_files: pd.DataFrame) -> None:
    with (RAW / "health_centre" / "clients_2026-06.csv").open(encoding="utf-8", newline="") as opened:
        now = {row["Client no"]: CONSENT_CODES[row["Consent / Consentement"]] for row in csv.DictReader(opened)}
    assert now == answers_of(in_files, "health_centre")
    people: dict[str, str] = {}
    for path in sorted((RAW / "post_adoption").glob("*.xlsx")):
        if path.stem != "post_adoption_2026-01":
            header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("People").to_python()
            consent = header.index("Consent to matching")
            people |= {str(row[0]): str(row[consent]).lower().replace("not asked", "not_collected") for row in rows}
    assert people == answers_of(in_files, "post_adoption")


def answers_of(in_files: pd.DataFrame, agency_id: str) -> dict[str, str]:
    rows = in_files[in_files.agency_id == agency_id]
    return dict(zip(rows.person_id_agency, rows.consent_to_link, strict=True))


def test_some_say_no_and_some_withdraw_after_a_yes(in_files: pd.DataFrame) -> None:
    with (RAW / "health_centre" / "clients_2025-01.csv").open(encoding="utf-8", newline="") as opened:
        first = {row["Client no"]: CONSENT_CODES[row["Consent / Consentement"]] for row in csv.DictReader(opened)}
    now = answers_of(in_files, "health_centre")
    assert {(first[client], now[client]) for client in first if first[client] != now[client]} == {("yes", "withdrawn")}
    for agency_id in ("health_centre", "post_adoption"):
        answers = list(answers_of(in_files, agency_id).values())
        assert 0.01 < answers.count("no") / len(answers) < 0.04
        assert answers.count("withdrawn") >= 2


def test_only_consent_decides_who_may_be_linked(in_files: pd.DataFrame) -> None:
    refusing = in_files[~in_files.may_be_linked].groupby("agency_id").consent_to_link.agg(set)
    assert refusing.to_dict() == {
        "health_centre": {"no", "withdrawn", "not_collected"}, "post_adoption": {"no", "withdrawn"},
    }  # fmt: skip


def test_the_police_name_a_parent_of_children_only(in_files: pd.DataFrame) -> None:
    named: dict[str, str] = {}
    for path in (RAW / "police_victim_support").glob("*.tsv"):
        with path.open(encoding="utf-16", newline="") as opened:
            for row in csv.DictReader(opened, delimiter="\t"):
                named[row["File no"]] = row["Parent given name"] + row["Parent surname"]
    roles = in_files.merge(demonstration.true_family_members(), on=["true_family", "true_person"])
    police = roles[roles.agency_id == "police_victim_support"]
    assert {file for file, name in named.items() if name} == set(police[police.role == "child"].person_id_agency)
    assert (police.role == "child").sum() > 20
