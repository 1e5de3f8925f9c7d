"""Bad input: each fault gets one clear finding with its place and remedy, and the rest of the build goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from dagster_project.contracts import load_expectations
from dagster_project.feedback.workbook import PLACE
from tests.conftest import Build, run_dorsale
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, drop, lines, small_settings

GOOD = "A1,Marie,Tremblay,1980-02-03,F,G1A 1A1,,,"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Build:
    settings = small_settings(tmp_path_factory.mktemp("faulty"), ("centre", "fr"), ("clinic", "en"))
    drop(settings, "centre", "persons_2026-01.csv", lines(PERSONS_HEADER, GOOD, GOOD.replace("A1", "A2")))
    drop(
        settings,
        "centre",
        "enrolments_2026-01.csv",
        lines(
            ENROLMENTS_HEADER,
            "E1,A1,P1,2026-01-05,,",
            "E2,A1,P1,2026-02-30,,",
            "E3,A1,P1,2026-01-09,2026-01-02,",
            "E4,NOBODY,P1,2026-01-09,,",
            "E5,A1,P1,2026-01-05,,",
            "E5,A1,P1,2026-01-06,,",
            "E6,A2,P9,2026-01-05,,",
            "E7,A2,P1,2026-01-05,,",
            "E7,A2,P1,2026-01-05,,",
            "E8,A2,,2026-01-05,,",
            "E9,A2,P1,2026-01-05,,,one cell too many",
        ),
    )
    drop(settings, "centre", "persons_2026-02.csv", "")
    drop(settings, "centre", "enrolments_2026-02.csv", lines("number,id,program,exit,destination", "E1,A1,P1,,"))
    drop(settings, "centre", "visits_2026-01.xlsx", b"not a workbook at all")
    drop(settings, "centre", "notes du 3 mars.csv", "a,b\n1,2\n")
    drop(settings, "clinic", "persons_2026-01.csv", lines(PERSONS_HEADER, GOOD))
    drop(settings, "clinic", "persons_2026-01_v2.csv", lines(PERSONS_HEADER, GOOD.replace("Tremblay", "Roy")))
    drop(settings, "clinic", "persons_2026-01_copy.csv", lines(PERSONS_HEADER, GOOD))
    drop(settings, "clinic", "visits_2026-01.xlsx", workbook_with_another_sheet(tmp_path_factory))
    drop(settings, "clinic", "enrolments_2026-01.csv", lines(ENROLMENTS_HEADER).encode("utf-8"))
    drop(settings, "stranger", "persons_2026-01.csv", lines(PERSONS_HEADER, GOOD))
    return Build(settings, run_dorsale(settings, "build", "--no-site"))


def workbook_with_another_sheet(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    import xlsxwriter

    path = tmp_path_factory.mktemp("workbook") / "visits.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet("Other").write(0, 0, "number")
    return path.read_bytes()


@pytest.fixture(scope="module")
def answer(faulty: Build) -> Callable[[str, str], list[list[Any]]]:
    """The findings of a file's return, grouped by rule: lines as `COLUMNS` has them."""

    def read(agency: str, stem: str) -> list[list[Any]]:
        paths = [p for p in (faulty.settings.feedback / agency).glob("*.xlsx") if p.stem.rpartition("_")[0] == stem]
        assert len(paths) == 1
        workbook = CalamineWorkbook.from_path(str(paths[0]))
        return workbook.get_sheet_by_name(workbook.sheet_names[1]).to_python()[1:]

    return read


def test_each_bad_row_gets_one_finding_with_its_row_and_column(
    answer: Callable[[str, str], list[list[Any]]],
) -> None:
    findings = answer("centre", "enrolments_2026-01")
    places = {(line[PLACE["places"]], line[PLACE["column"]]) for line in findings}
    assert places == {
        ("3", "entry"),
        ("4", "exit"),
        ("5", "id"),
        ("6–7", ""),
        ("8", "program"),
        ("10", ""),
        ("11", "program"),
        ("12", ""),
    }
    assert all(line[PLACE["what"]] and line[PLACE["remedy"]] and line[PLACE["effect"]] for line in findings)
    (date_line,) = (line for line in findings if line[PLACE["column"]] == "entry")
    assert "existe" in date_line[PLACE["what"]]
    assert "mise de côté" in date_line[PLACE["effect"]]


def test_bad_rows_are_set_aside_and_the_others_taken(faulty: Build) -> None:
    accepted = duckdb.sql(f"""select enrolment_id_agency, program_code from
        '{faulty.settings.accepted}/enrolments.parquet' order by 1""").fetchall()
    assert accepted == [("E1", "centre_program"), ("E6", "unmapped"), ("E7", "centre_program")]


@pytest.mark.parametrize(
    ("agency", "stem", "rule_id"),
    [
        ("centre", "persons_2026-02", "empty_file"),
        ("centre", "enrolments_2026-02", "missing_column"),
        ("centre", "visits_2026-01", "other_kind_of_file"),
        ("centre", "notes du 3 mars", "unexpected_file"),
        ("clinic", "persons_2026-01", "period_resent"),
        ("clinic", "persons_2026-01_copy", "same_file_again"),
        ("clinic", "visits_2026-01", "missing_sheet"),
        ("clinic", "enrolments_2026-01", "no_rows"),
        ("stranger", "persons_2026-01", "unknown_agency"),
    ],
)
def test_a_bad_file_gets_one_finding_with_the_remedy_in_the_agencys_language(
    faulty: Build, answer: Callable[[str, str], list[list[Any]]], agency: str, stem: str, rule_id: str
) -> None:
    expectations = load_expectations(faulty.settings.expectations)
    language = expectations.agreements[agency].language if agency in expectations.agreements else "en"
    findings = answer(agency, stem)
    # The first and the last 'persons' of the clinic share their bytes: the name that came first stands for both.
    assert len(findings) == 1
    beginning = expectations.finding_words[rule_id].message[language].split("{")[0]
    assert findings[0][PLACE["what"]].startswith(beginning)
    assert findings[0][PLACE["remedy"]]


def test_no_file_stops_the_build_or_vanishes(faulty: Build) -> None:
    files = duckdb.sql(f"select state, count(*) from '{faulty.settings.reference}/submission_files.parquet' group by 1")
    assert dict(files.fetchall()) == {"accepted": 3, "superseded": 1, "duplicate": 1, "nil": 1, "rejected": 6}
    assert Path(faulty.settings.published / "indicator_values.parquet").exists()


def test_unmapped_codes_wait_for_the_analyst(faulty: Build) -> None:
    text = (faulty.settings.stewardship / "unmapped_codes.csv").read_text(encoding="utf-8")
    assert "centre,enrolments,program_code,P9,1" in text


def test_an_orphan_is_taken_by_itself_once_its_person_arrives(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, ("centre", "fr"))
    drop(settings, "centre", "enrolments_2026-01.csv", lines(ENROLMENTS_HEADER, "E4,A1,P1,2026-01-09,,"))
    assert "1 rows in = 0 accepted + 1 quarantined" in run_dorsale(settings, "build", "--no-site")
    drop(settings, "centre", "persons_2026-02.csv", lines(PERSONS_HEADER, GOOD))
    assert "2 rows in = 2 accepted + 0 quarantined" in run_dorsale(settings, "build", "--no-site")


def test_a_wrong_agreement_is_refused_with_file_line_and_remedy(faulty: Build) -> None:
    path = faulty.settings.expectations / "partners" / "clinic.yml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("sex: sex", "sexe: sex"), encoding="utf-8")
    output = run_dorsale(faulty.settings, "build", "--no-site", expect=4)
    path.write_text(before, encoding="utf-8")
    line = 1 + before.splitlines().index("          sex: sex")
    assert f"partners/clinic.yml:{line}: 'sexe' is no column of persons. Did you mean 'sex'?" in output
