"""Which of the files that came count, which of their rows are taken, and the one state of each file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as parquet
import pytest

from dagster_project.contracts import Agreement, Expectations, load_expectations
from dagster_project.intake.archive import receive_files
from dagster_project.intake.submissions import read_submissions
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.submissions import Submission
from dagster_project.validation.acceptance import Tally, accept_rows
from dagster_project.validation.verdicts import judge_new_extracts
from tests.conftest import make_settings

AGREEMENT = """
agency_id: clinic
name: {en: Clinic, fr: Clinique}
sector: health
language: en
valid_from: 2001-01-01
legal_basis: {en: Test., fr: Essai.}
consent: {en: Test., fr: Essai.}
frequency: month
due_day: 15
programs:
  - {program_id: clinic_program, name: {en: Programme, fr: Programme}, codes: [P1]}
files:
  - pattern: "persons_{yyyy}-{mm}*.csv"
    kind: text
    delivers: month
    extracts:
      - dataset: persons
        columns: {person_id_agency: id, first_name: first, last_name: last, birth_date: born, sex: sex, phone: tel}
        codes: {sex: {F: female}}
  - pattern: "enrolments_{yyyy}-{mm}*.csv"
    kind: text
    delivers: everything
    extracts:
      - dataset: enrolments
        columns: {enrolment_id_agency: n, person_id_agency: id, program_code: program, entry_date: entry}
  - pattern: "contacts_{yyyy}-{mm}*.csv"
    kind: text
    delivers: changes
    extracts:
      - dataset: contacts
        columns: {contact_id_agency: n, person_id_agency: id, program_code: program, contact_date: day,
          contact_status: status}
"""
PERSONS, ENROLMENTS, CONTACTS = "id,first,last,born,sex,tel", "n,id,program,entry", "n,id,program,day,status"
CANARY = "Zyxcanary"
# Name: day of receipt, and lines.
FILES: dict[str, tuple[str, list[str]]] = {
    "persons_2001-01.csv": ("2001-02-05", [PERSONS, f"A1,{CANARY},Roy,,F,555", "A2,Zoé,Roy,,Z,", "A4,,,,Z,"]),
    "persons_2001-01_again.csv": ("2001-02-09", [PERSONS, f"A1,{CANARY},Roy,,F,", "A3,Léa,Roy,2001-02-30,Z,"]),
    "persons_2001-01_third.csv": ("2001-02-12", ["first,last", "Bo,Roy", "Cy,Roy"]),
    "persons_2001-02.csv": ("2001-03-05", [PERSONS, f"A1,{CANARY},Roy,,,", ",Bo,Roy,,,", "A5,Di"]),
    "enrolments_2001-02.csv": (
        "2001-03-05",
        [
            ENROLMENTS,
            "E1,A1,P1,2001-01-05",
            "E2,GHOST,P1,2001-01-05",
            "E3,A1,P1,2001-02-30",
            "E4,A2,P1,2001-01-05",
            "E5,A3,P9,2001-01-05",
            "E5,A3,P9,2001-01-05",
        ],
    ),
    "enrolments_2001-01.csv": ("2001-04-05", [ENROLMENTS, "E9,A1,P1,2001-01-05"]),
    "contacts_2001-01.csv": ("2001-02-05", [CONTACTS, "K1,A1,P1,2001-01-05,delivered"]),
    "contacts_2001-01_more.csv": ("2001-02-05", [CONTACTS, "K2,A3,P1,2001-01-05,delivered"]),
    "contacts_2001-04.csv": ("2001-05-05", ["n,id", "K3,A1"]),
    "NIL_2001-01_contacts.txt": ("2001-02-05", [""]),
    "NIL_2001-03.txt": ("2001-04-05", ["nothing"]),
    "NIL_2001-04_contacts.txt": ("2001-05-05", ["nothing"]),
    "notes.csv": ("2001-02-05", ["a", "1"]),
    "persons_2001-02_copy.csv": ("2001-03-06", [PERSONS, f"A1,{CANARY},Roy,,,", ",Bo,Roy,,,", "A5,Di"]),
}


@dataclass(frozen=True)
class Accepted:
    """What acceptance made of the files."""

    settings: Settings
    expectations: Expectations
    submissions: list[Submission]
    tally: Tally

    def rows(self, path: Path, columns: str = "*") -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            return connection.sql(f"select {columns} from '{path}' order by all").fetchall()


def accept(settings: Settings, expectations: Expectations, as_of: date = date(2001, 6, 30)) -> Accepted:
    submissions = read_submissions(settings, expectations, receive_files(settings))
    paths = defaultdict(list)
    for submission in submissions:
        for extract in submission.extracts:
            if extract.path:
                paths[extract.dataset].append(extract.path)
    judge_new_extracts(settings, expectations, paths)
    tally = accept_rows(settings, expectations, submissions, as_of)
    return Accepted(settings, expectations, submissions, tally)


def drop(settings: Settings, files: dict[str, tuple[str, list[str]]]) -> None:
    folder = settings.raw / "clinic"
    folder.mkdir(exist_ok=True)
    for name, (_, content) in files.items():
        (folder / name).write_text("\n".join(content) + "\n", encoding="utf-8")
    received = [f"{name},{day}" for name, (day, _) in files.items()]
    (folder / "received.csv").write_text("\n".join(["file,received", *received]), encoding="utf-8")


@pytest.fixture(scope="module")
def expectations(tmp_path_factory: pytest.TempPathFactory) -> Expectations:
    folder = tmp_path_factory.mktemp("expectations")
    for path in (PROJECT_ROOT / "expectations").rglob("*.yml"):
        target = folder / path.relative_to(PROJECT_ROOT / "expectations")
        if path.parent.name != "partners":
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    (folder / "partners").mkdir()
    (folder / "partners" / "clinic.yml").write_text(AGREEMENT, encoding="utf-8")
    loaded = load_expectations(folder)
    return replace(loaded, initiative=replace(loaded.initiative, first_month=date(2001, 1, 1)))


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory, expectations: Expectations) -> Accepted:
    settings = make_settings(tmp_path_factory.mktemp("accepted"))
    drop(settings, FILES)
    return accept(settings, expectations)


def test_every_file_has_its_one_state(accepted: Accepted) -> None:
    paths = {submission.submission_id: submission.path for submission in accepted.submissions}
    states = accepted.rows(accepted.settings.reference / "submission_files.parquet", "submission_id, state")
    assert len(states) == accepted.tally.files_seen == len(FILES)
    assert {paths[submission_id]: state for submission_id, state in states} == {
        "persons_2001-01.csv": "superseded",
        "persons_2001-01_again.csv": "accepted",
        "persons_2001-01_third.csv": "rejected",
        "persons_2001-02.csv": "accepted",
        "enrolments_2001-02.csv": "accepted",
        "enrolments_2001-01.csv": "superseded",
        "contacts_2001-01.csv": "accepted",
        "contacts_2001-01_more.csv": "accepted",
        "contacts_2001-04.csv": "rejected",
        "NIL_2001-01_contacts.txt": "superseded",
        "NIL_2001-03.txt": "nil",
        "NIL_2001-04_contacts.txt": "nil",
        "notes.csv": "rejected",
        "persons_2001-02_copy.csv": "duplicate",
    }


def test_the_rows_that_count(accepted: Accepted) -> None:
    """Of a month the last file that could be used; of everything the latest period; of changes all."""
    folder = accepted.settings.accepted
    assert accepted.rows(folder / "persons.parquet", "person_id_agency, _period_start::varchar, sex") == [
        ("A1", "2001-01-01", "female"),
        ("A1", "2001-02-01", None),
        ("A3", "2001-01-01", "unmapped"),
    ]
    assert accepted.rows(folder / "enrolments.parquet", "enrolment_id_agency, program_code") == [
        ("E1", "clinic_program"),
        ("E5", "unmapped"),
    ]
    assert accepted.rows(folder / "contacts.parquet", "contact_id_agency") == [("K1",), ("K2",)]


def test_each_row_set_aside_has_its_reason(accepted: Accepted) -> None:
    paths = {submission.submission_id: submission.path for submission in accepted.submissions}
    findings = accepted.rows(
        accepted.settings.quarantine / "findings.parquet",
        """_submission_id, _row_number, "column", rule_id""",
    )
    current = ("persons_2001-01_again.csv", "persons_2001-02.csv", "enrolments_2001-02.csv")
    # Findings on a file as a whole have no row: test_plausibility.
    found = sorted((paths[i], row, rule, column) for i, row, column, rule in findings if paths[i] in current and row)
    assert found == [
        ("enrolments_2001-02.csv", 3, "person_unknown", "person_id_agency"),
        ("enrolments_2001-02.csv", 4, "unreadable_value", "entry_date"),
        ("enrolments_2001-02.csv", 5, "person_unknown", "person_id_agency"),
        ("enrolments_2001-02.csv", 6, "unmapped_code", "program_code"),
        ("enrolments_2001-02.csv", 7, "repeated_row", None),
        ("enrolments_2001-02.csv", 7, "unmapped_code", "program_code"),
        ("persons_2001-01_again.csv", 3, "unmapped_code", "sex"),
        ("persons_2001-01_again.csv", 3, "unreadable_value", "birth_date"),
        ("persons_2001-02.csv", 3, "required", "person_id_agency"),
        ("persons_2001-02.csv", 4, "too_few_cells", None),
    ]
    set_aside = accepted.rows(accepted.settings.quarantine / "enrolments.parquet", "enrolment_id_agency")
    assert set_aside == [("E2",), ("E3",), ("E4",), ("E5",)]


def test_rows_in_are_accepted_or_set_aside(accepted: Accepted) -> None:
    extracts = accepted.rows(
        accepted.settings.reference / "submission_extracts.parquet",
        "dataset, state, rows_in, rows_accepted, rows_quarantined, delivers",
    )
    assert [row for row in extracts if row[2] != row[3] + row[4]] == []
    assert ("enrolments", "accepted", 6, 2, 4, "everything") in extracts
    assert ("persons", "rejected", 2, 0, 2, "month") in extracts, "no row of a file sent back is accepted"
    assert ("persons", "superseded", 3, 3, 0, "month") in extracts
    assert accepted.tally.rows_in == accepted.tally.rows_accepted + accepted.tally.rows_quarantined == 20
    files = accepted.rows(accepted.settings.reference / "submission_files.parquet", "sum(rows_in), sum(rows_accepted)")
    assert files == [(accepted.tally.rows_in, accepted.tally.rows_accepted)]


def test_personal_columns_stay_in_the_vault(accepted: Accepted) -> None:
    for dataset, contract in accepted.expectations.contracts.items():
        columns = set(parquet.read_schema(accepted.settings.accepted / f"{dataset}.parquet").names)
        assert columns & {column.name for column in contract.columns if column.is_personal} == set()
        assert {column.name for column in contract.columns if not column.is_personal} <= columns
    vault = accepted.rows(accepted.settings.vault_persons, "person_id_agency, first_name, last_name")
    assert ("A1", CANARY, "Roy") in vault
    assert len(vault) == 3


def test_what_dbt_and_the_site_read_tells_no_name_of_a_file(accepted: Accepted) -> None:
    for path in [*accepted.settings.reference.glob("*.parquet"), *accepted.settings.accepted.glob("*.parquet")]:
        text = str(parquet.read_table(path).to_pylist())
        assert "_again" not in text
        assert ".csv" not in text


def test_faults_and_unmapped_codes_count_where_the_rows_count(accepted: Accepted) -> None:
    counts = accepted.rows(
        accepted.settings.reference / "finding_counts.parquet",
        "dataset, period_start::varchar, rule_id, findings_count",
    )
    assert ("persons", "2001-01-01", "unmapped_code", 1) in counts, "the superseded file's two are history"
    assert ("persons", "2001-01-01", "missing_column", 1) in counts, "the file sent back for it shows"
    assert ("enrolments", "2001-02-01", "person_unknown", 2) in counts
    codes = (accepted.settings.stewardship / "unmapped_codes.csv").read_text(encoding="utf-8").splitlines()
    assert codes[1:] == ["clinic,enrolments,program_code,P9,2", "clinic,persons,sex,Z,1"]


def test_accepting_again_gives_the_same(accepted: Accepted) -> None:
    tables = [*accepted.settings.reference.glob("*.parquet"), *accepted.settings.accepted.glob("*.parquet")]
    before = {path: parquet.read_table(path) for path in tables}
    accept_rows(accepted.settings, accepted.expectations, accepted.submissions, date(2001, 6, 30))
    assert {path: parquet.read_table(path) for path in tables} == before


def test_a_row_of_an_unknown_person_waits_until_the_person_is_taken(tmp_path: Path, expectations: Expectations) -> None:
    settings = make_settings(tmp_path)
    orphan = {"enrolments_2001-01.csv": ("2001-02-05", [ENROLMENTS, "E1,A1,P1,2001-01-05"])}
    unusable = {"persons_2001-01.csv": ("2001-02-05", [PERSONS, "A1,Marie,Roy,2999-01-01,,"])}
    drop(settings, orphan | unusable)
    assert accept(settings, expectations).tally.rows_accepted == 0, "a person set aside is not known either"
    corrected = {"persons_2001-02.csv": ("2001-03-05", [PERSONS, "A1,Marie,Roy,1999-01-01,,"])}
    drop(settings, orphan | unusable | corrected)
    found = accept(settings, expectations)
    assert found.rows(settings.accepted / "enrolments.parquet", "enrolment_id_agency") == [("E1",)]
    assert (found.tally.rows_in, found.tally.rows_accepted) == (3, 2)


def test_one_row_that_breaks_a_reject_rule_sends_the_sheet_back(tmp_path: Path, expectations: Expectations) -> None:
    settings = make_settings(tmp_path)
    persons = expectations.contracts["persons"]
    rules = tuple(replace(r, severity="reject") if r.rule_id == "last_name_given" else r for r in persons.rules)
    strict = replace(expectations, contracts={**expectations.contracts, "persons": replace(persons, rules=rules)})
    drop(
        settings,
        {
            "persons_2001-01.csv": ("2001-02-05", [PERSONS, "A1,Marie,Roy,,,"]),
            "persons_2001-01_again.csv": ("2001-02-06", [PERSONS, "A1,Marie,Roy,,,", "A2,Zoé,,,,"]),
        },
    )
    found = accept(settings, strict)
    assert found.tally == Tally(2, 3, 1, 2)
    states = found.rows(settings.reference / "submission_files.parquet", "receipt_order, state")
    assert states == [(0, "accepted"), (1, "rejected")], "what is sent back replaces nothing"


def test_nothing_received_is_no_error(tmp_path: Path, expectations: Expectations) -> None:
    found = accept(make_settings(tmp_path), expectations)
    assert found.tally == Tally(0, 0, 0, 0)
    for dataset in expectations.contracts:
        assert found.rows(found.settings.accepted / f"{dataset}.parquet") == []


def test_an_organisation_without_programmes_and_persons_is_received_as_any_other(
    tmp_path: Path, expectations: Expectations
) -> None:
    clinic = expectations.agreements["clinic"]
    columns = {"meeting_id": "n", "partner_id": "partner", "meeting_date": "day", "attendee_count": "came"}
    extract = replace(clinic.files[0].extracts[0], dataset="meetings", columns=columns, codes={})
    kind = replace(clinic.files[0], pattern="meetings_{yyyy}-{mm}.csv", extracts=(extract,))
    backbone = replace(clinic, programs=(), files=(kind,))
    settings = make_settings(tmp_path)
    drop(settings, {"meetings_2001-01.csv": ("2001-02-05", ["n,partner,day,came", "M1,clinic,2001-01-09,2"])})
    found = accept(settings, replace(expectations, agreements={"clinic": backbone}), date(2001, 2, 10))
    assert found.tally == Tally(1, 1, 1, 0)
    assert found.rows(settings.reference / "expected_submissions.parquet", "dataset, due_date") == [
        ("meetings", date(2001, 2, 15)),
        ("meetings", date(2001, 3, 15)),
    ]


JANUARY, FEBRUARY, MARCH = ("2001-01-31", "2001-02-15"), ("2001-02-28", "2001-03-15"), ("2001-03-31", "2001-04-15")
QUARTERS = [("2001-03-31", "2001-04-20"), ("2001-06-30", "2001-07-20")]
OCTOBER_YEARS = [("2001-09-30", "2001-10-28"), ("2002-09-30", "2002-10-28")]


@pytest.mark.parametrize(
    ("changes", "as_of", "periods"),
    [
        pytest.param({}, "2001-03-01", [JANUARY, FEBRUARY, MARCH], id="months that have begun"),
        pytest.param({}, "2001-02-28", [JANUARY, FEBRUARY], id="no month to come"),
        pytest.param({}, "2000-12-31", [], id="nothing before the first month"),
        pytest.param({"valid_from": date(2001, 2, 10)}, "2001-03-31", [FEBRUARY, MARCH], id="joined within a month"),
        pytest.param({"valid_from": date(1999, 1, 1)}, "2001-01-01", [JANUARY], id="joined before the first month"),
        pytest.param({"valid_from": date(2001, 9, 1)}, "2001-06-30", [], id="will join"),
        pytest.param({"valid_to": date(2001, 2, 1)}, "2001-06-30", [JANUARY, FEBRUARY], id="left within a month"),
        pytest.param({"valid_to": date(2001, 2, 28)}, "2001-06-30", [JANUARY, FEBRUARY], id="left at the end of one"),
        pytest.param({"frequency": "quarter", "due_day": 20}, "2001-06-30", QUARTERS, id="quarters"),
        pytest.param(
            {"frequency": "year", "valid_from": date(2000, 10, 1), "due_day": 28},
            "2002-09-30",
            OCTOBER_YEARS,
            id="years from October",
        ),
        pytest.param({"frequency": "year"}, "2001-01-01", [("2001-12-31", "2002-01-15")], id="due in the next year"),
    ],
)
def test_what_is_expected_by_when(
    tmp_path: Path, expectations: Expectations, changes: dict[str, Any], as_of: str, periods: list[tuple[str, str]]
) -> None:
    agreement: Agreement = replace(expectations.agreements["clinic"], **changes)
    expected = replace(expectations, agreements={"clinic": agreement})
    settings = make_settings(tmp_path)
    accept_rows(settings, expected, [], date.fromisoformat(as_of))
    rows = parquet.read_table(settings.reference / "expected_submissions.parquet").to_pylist()
    assert {row["dataset"] for row in rows} == ({"persons", "enrolments", "contacts"} if periods else set())
    persons = [row for row in rows if row["dataset"] == "persons"]
    assert [(str(row["period_end"]), str(row["due_date"])) for row in persons] == periods
    assert {row["delivers"] for row in persons} <= {"month"}
