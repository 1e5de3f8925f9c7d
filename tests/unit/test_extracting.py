"""What is read of a file becomes its extracts, whether it came as agreed or a little otherwise; nothing is guessed."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from dagster_project.contracts import Expectations, load_expectations
from dagster_project.intake.archive import receive_files
from dagster_project.intake.recognition import recognise
from dagster_project.intake.submissions import read_submissions
from dagster_project.settings import Settings
from dagster_project.submissions import Submission, extract_paths
from dagster_project.templates import blank_template, template_period
from dagster_project.validation.acceptance import Tally, accept_rows
from dagster_project.validation.verdicts import judge_new_extracts
from tests.conftest import make_settings
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, drop, lines, small_settings
from tests.made_files import workbook

ANN, BO = "A1,Ann,Roy,1980-02-03,F,,,,", "A2,Bo,Roy,1990-02-03,M,,,,"
VISITS = [["number", "id", "program", "day", "status"], ["V1", "A1", "P1", "2026-01-05", "delivered"]]


@pytest.fixture(scope="module")
def expectations(tmp_path_factory: pytest.TempPathFactory) -> Expectations:
    settings = small_settings(tmp_path_factory.mktemp("small"), ("clinic", "en"), ("school", "fr"))
    path = settings.expectations / "partners" / "school.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("delivers: month", "delivers: everything"), "utf-8")
    return load_expectations(settings.expectations)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def read(settings: Settings, expectations: Expectations) -> list[Submission]:
    return read_submissions(settings, expectations, receive_files(settings))


def codes(submission: Submission) -> list[str]:
    return [finding.rule_id for finding in submission.findings]


def accept(settings: Settings, expectations: Expectations) -> tuple[Tally, dict[str, str]]:
    """The tally and each file's state, after reading and judging what was dropped."""
    submissions = read(settings, expectations)
    judge_new_extracts(settings, expectations, extract_paths(submissions))
    tally = accept_rows(settings, expectations, submissions, date(2026, 3, 31))
    states = duckdb.sql(f"select submission_id, state from '{settings.reference}/submission_files.parquet'").fetchall()
    return tally, {s.path: dict(states)[s.submission_id] for s in submissions}


def accepted(settings: Settings, dataset: str, columns: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(f"select {columns} from '{settings.accepted}/{dataset}.parquet' order by all").fetchall()


@pytest.mark.parametrize(
    ("content", "findings"),
    [
        pytest.param(lines(PERSONS_HEADER, ANN), [], id="as agreed"),
        pytest.param(lines("Our clients", "", PERSONS_HEADER, ANN), ["header_moved"], id="a title above"),
        pytest.param(lines(PERSONS_HEADER, ANN).replace(",", ";"), ["other_delimiter"], id="semicolons"),
        pytest.param(
            lines("Our clients", PERSONS_HEADER, ANN).replace(",", "\t"), ["other_delimiter", "header_moved"], id="both"
        ),
        pytest.param(lines(PERSONS_HEADER.upper(), ANN), [], id="capitals"),
    ],
)
def test_headers_and_delimiter_are_found_where_all_fits(
    settings: Settings, expectations: Expectations, content: str, findings: list[str]
) -> None:
    drop(settings, "clinic", "persons_2026-01.csv", content)
    [submission] = read(settings, expectations)
    assert (submission.kind, codes(submission)) == ("data", findings)
    accept(settings, expectations)
    assert accepted(settings, "persons", "person_id_agency") == [("A1",)]


def test_a_table_with_few_of_the_agreed_columns_is_another(settings: Settings, expectations: Expectations) -> None:
    drop(settings, "clinic", "persons_2026-01.csv", lines("id,thing,machine", "A1,x,y"))
    [submission] = read(settings, expectations)
    assert "columns_missing" in codes(submission)
    assert submission.extracts[0].path is None


def test_a_header_over_two_columns_is_not_guessed(settings: Settings, expectations: Expectations) -> None:
    drop(settings, "clinic", "persons_2026-01.csv", lines(PERSONS_HEADER + ",ID", ANN + ",9"))
    [submission] = read(settings, expectations)
    assert [(f.rule_id, f.column) for f in submission.findings] == [("double_header", "person_id_agency")]
    assert submission.extracts[0].path is None


def test_a_renamed_header_is_proposed(settings: Settings, expectations: Expectations) -> None:
    header = PERSONS_HEADER.replace("id,", "Person number,").replace("born", "Date de naissance")
    drop(settings, "clinic", "persons_2026-01.csv", lines(header, ANN))
    drop(settings, "school", "persons_2026-01.csv", lines(header, ANN, BO))
    found = {(s.agency_id, f.rule_id, f.column): f.proposal for s in read(settings, expectations) for f in s.findings}
    assert "'Person number'" in str(found["clinic", "missing_column", "person_id_agency"])
    assert "« Date de naissance »" in str(found["school", "missing_optional_column", "birth_date"])
    assert "Ann" not in repr(found)


def test_headers_alone_are_a_nil_return_and_other_sheets_count(settings: Settings, expectations: Expectations) -> None:
    drop(settings, "clinic", "persons_2026-01.csv", lines(PERSONS_HEADER, ANN))
    drop(settings, "clinic", "enrolments_2026-01.csv", lines(ENROLMENTS_HEADER))
    by_path = {s.path: s for s in read(settings, expectations)}
    assert codes(by_path["enrolments_2026-01.csv"]) == ["no_rows"]
    tally, states = accept(settings, expectations)
    assert states == {"persons_2026-01.csv": "accepted", "enrolments_2026-01.csv": "nil"}
    assert (tally.rows_in, tally.rows_accepted) == (1, 1)


def test_a_whole_list_is_not_emptied_by_headers_alone(settings: Settings, expectations: Expectations) -> None:
    drop(settings, "school", "persons_2026-01.csv", lines(PERSONS_HEADER, ANN))
    drop(settings, "school", "persons_2026-02.csv", lines(PERSONS_HEADER))
    _tally, states = accept(settings, expectations)
    assert states == {"persons_2026-01.csv": "accepted", "persons_2026-02.csv": "rejected"}
    assert accepted(settings, "persons", "person_id_agency") == [("A1",)]


@pytest.mark.parametrize("word", ["correction", "Corrections", "corrigé", "CORRIGÉES", "corrected"])
def test_a_name_says_that_a_file_corrects(expectations: Expectations, word: str) -> None:
    clinic = expectations.agreements["clinic"]
    assert recognise(clinic, f"enrolments_2026-01_{word}.csv").is_correction
    assert not recognise(clinic, f"enrolments_2026-01_{word}x.csv").is_correction


@pytest.mark.parametrize("agency", ["clinic", "school"])
def test_a_correction_holds_only_the_corrected_rows(
    settings: Settings, expectations: Expectations, agency: str
) -> None:
    drop(settings, agency, "persons_2026-01.csv", lines(PERSONS_HEADER, ANN, BO))
    drop(settings, agency, "enrolments_2026-01.csv", lines(ENROLMENTS_HEADER, "E1,A1,P1,2026-01-05,,", "E2,A2,P1,,,"))
    assert accept(settings, expectations)[0] == Tally(2, 4, 3, 1)
    drop(settings, agency, "enrolments_2026-01_correction.csv", lines(ENROLMENTS_HEADER, "E2,A2,P1,2026-01-07,,"))
    tally, states = accept(settings, expectations)
    assert set(states.values()) == {"accepted"}, "a correction replaces no file"
    assert tally == Tally(3, 5, 4, 1)
    assert accepted(settings, "enrolments", "enrolment_id_agency") == [("E1",), ("E2",)]


def test_a_template_speaks_by_its_ticks_and_its_rows(settings: Settings, expectations: Expectations) -> None:
    clinic = expectations.agreements["clinic"]
    period = template_period(clinic, date(2026, 1, 1), date(2026, 3, 31))
    blank_one = blank_template(expectations, clinic, list(clinic.datasets), period)
    book = CalamineWorkbook.from_filelike(io.BytesIO(blank_one))
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    words = {dataset: expectations.contracts[dataset].label["en"] for dataset in ("persons", "enrolments", "contacts")}
    persons = sheets[words["persons"]][:4]
    row = ["A1" if cell == "Person number" else "" for cell in persons[3]]
    ticked = [list(line) for line in sheets[words["enrolments"]][:4]]
    ticked[1][1] = "x"
    blank = sheets[words["contacts"]][:4]
    filled = workbook(**{words["persons"]: [*persons, row], words["enrolments"]: ticked, words["contacts"]: blank})
    drop(settings, "clinic", "dorsale_clinic_2026-01.xlsx", filled)
    [submission] = read(settings, expectations)
    assert codes(submission) == ["sheet_left_blank"]
    states = {e.dataset: (e.rows_in, e.is_nil, e.is_absent) for e in submission.extracts}
    assert states == {"persons": (1, False, False), "enrolments": (0, True, False), "contacts": (0, False, True)}
    drop(settings, "clinic", "dorsale_clinic_2026-02.xlsx", workbook(**{words["persons"]: [*persons, row]}))
    tally, file_states = accept(settings, expectations)
    assert set(file_states.values()) <= {"accepted", "superseded"}
    assert tally.rows_in == tally.rows_accepted + tally.rows_quarantined
    extracts = duckdb.sql(
        f"select dataset, period_start::varchar, state from '{settings.reference}/submission_extracts.parquet'"
    )
    assert ("enrolments", "2026-01-01", "nil") in extracts.fetchall()
