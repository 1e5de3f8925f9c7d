"""Each file that came is recognised and read once, and stands for itself, whatever the others are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from dagster_project.contracts import Expectations, load_expectations
from dagster_project.intake.archive import receive_files
from dagster_project.intake.submissions import read_submissions
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from tests.conftest import make_settings
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, drop, lines, small_settings

PERSONS = lines(PERSONS_HEADER, "A1,Marie,Roy,1980-02-03,F,,,,", "A2,Zoé,Roy,2015-02-03,F,,,,")


@pytest.fixture(scope="module")
def expectations(tmp_path_factory: pytest.TempPathFactory) -> Expectations:
    settings = small_settings(tmp_path_factory.mktemp("small"), ("clinic", "en"), ("school", "fr"))
    return load_expectations(settings.expectations)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def read(settings: Settings, expectations: Expectations, seen: list[str] | None = None) -> list[Submission]:
    sightings = receive_files(settings)
    return read_submissions(settings, expectations, sightings, (seen if seen is not None else []).append)


def told(submissions: list[Submission]) -> dict[str, tuple[str, list[str]]]:
    """Kind and findings by file."""
    return {s.path: (s.kind, [finding.rule_id for finding in s.findings]) for s in submissions}


def test_a_file_is_read_to_rows_of_its_period(settings: Settings, expectations: Expectations) -> None:
    drop(settings, "clinic", "Persons_2001-02 (final).CSV", PERSONS)
    [submission] = read(settings, expectations)
    [extract] = submission.extracts
    assert (submission.kind, submission.period_start, submission.period_end) == ("data", "2001-02-01", "2001-02-28")
    assert (extract.dataset, extract.rows_in, extract.headers["birth_date"]) == ("persons", 2, "born")
    assert extract.path is not None
    rows = parquet.read_table(settings.extracts / extract.path).to_pylist()
    assert [(row["first_name"], row["_row_number"], row["_agency_id"]) for row in rows] == [
        ("Marie", 2, "clinic"),
        ("Zoé", 3, "clinic"),
    ]


def test_what_was_read_is_not_read_again(settings: Settings, expectations: Expectations) -> None:
    drop(settings, "clinic", "persons_2001-01.csv", PERSONS)
    seen: list[str] = []
    before = read(settings, expectations, seen)
    assert read(settings, expectations, seen) == before
    assert seen == ["clinic"]
    (settings.raw / "clinic" / "persons_2001-01.csv").unlink()
    assert read(settings, expectations, seen) == before, "rows stay when the file leaves the drop folder"
    drop(settings, "clinic", "persons_2001-02.csv", PERSONS + "A3,Ann,Roy,,F,,,,\n")
    read(settings, expectations, seen)
    assert seen == ["clinic", "clinic"]


def test_a_file_sent_again_after_another_took_its_place_counts_again(
    settings: Settings, expectations: Expectations
) -> None:
    for name, content in (("persons_2001-01.csv", PERSONS), ("persons_2001-01_v2.csv", PERSONS + "A3,Bo,Roy,,F,,,,\n")):
        drop(settings, "clinic", name, content)
    read(settings, expectations)
    drop(settings, "clinic", "persons_2001-01_v3.csv", PERSONS)
    found = read(settings, expectations)
    assert [(s.path, s.kind) for s in found] == [
        ("persons_2001-01.csv", "data"), ("persons_2001-01_v2.csv", "data"), ("persons_2001-01_v3.csv", "data"),
    ]  # fmt: skip
    drop(settings, "clinic", "persons_2001-01_v4.csv", PERSONS)
    assert read(settings, expectations)[-1].kind == "duplicate", "the same again changes nothing"
    assert len({s.submission_id for s in found}) == 3


def test_another_agreement_reads_the_files_of_its_agency_again(settings: Settings, expectations: Expectations) -> None:
    drop(settings, "clinic", "persons_2001-01.csv", PERSONS.replace(",F,", ",W,"))
    drop(settings, "school", "persons_2001-01.csv", PERSONS)
    read(settings, expectations)
    clinic = expectations.agreements["clinic"]
    extract = replace(clinic.files[0].extracts[0], codes={"sex": {"W": "female"}})
    files = (replace(clinic.files[0], extracts=(extract,)), *clinic.files[1:])
    agreements = {**expectations.agreements, "clinic": replace(clinic, files=files)}
    seen: list[str] = []
    first, _ = read(settings, replace(expectations, agreements=agreements), seen)
    assert seen == ["clinic"]
    rows = parquet.read_table(settings.extracts / str(first.extracts[0].path)).to_pylist()
    assert {row["sex"] for row in rows} == {"female"}


def test_the_same_bytes_again_under_an_agreed_name_are_a_duplicate(
    settings: Settings, expectations: Expectations
) -> None:
    for name in ("persons_2001-01.csv", "persons_2001-01_copy.csv", "what persons.csv", "what persons again.csv"):
        drop(settings, "clinic", name, PERSONS)
    submissions = read(settings, expectations)
    assert [submission.kind for submission in submissions] == ["data", "duplicate", "unusable", "duplicate"]
    assert len({submission.submission_id for submission in submissions}) == 4


def test_a_file_sent_back_for_its_name_is_taken_when_it_comes_renamed(
    settings: Settings, expectations: Expectations
) -> None:
    """The very remedy that the finding names: rename the file and drop it again."""
    drop(settings, "clinic", "export of March.csv", PERSONS)
    assert told(read(settings, expectations)) == {"export of March.csv": ("unusable", ["unexpected_file"])}
    (settings.raw / "clinic" / "export of March.csv").rename(settings.raw / "clinic" / "persons_2001-03.csv")
    drop(settings, "clinic", "zzz.csv", PERSONS)
    for received in ("", "file,received\npersons_2001-03.csv,2001-03-01\n"):
        drop(settings, "clinic", "received.csv", received)
        submissions = read(settings, expectations)
        assert told(submissions)["persons_2001-03.csv"] == ("data", [])
        assert len({submission.submission_id for submission in submissions}) == 3


def test_the_same_bytes_of_two_agencies_are_two_submissions(settings: Settings, expectations: Expectations) -> None:
    for agency in ("clinic", "school", "stranger"):
        drop(settings, agency, "persons_2001-01.csv", PERSONS)
    submissions = read(settings, expectations)
    assert [(s.agency_id, s.kind) for s in submissions] == [
        ("clinic", "data"),
        ("school", "data"),
        ("stranger", "unusable"),
    ]
    assert len({submission.submission_id for submission in submissions}) == 3
    for submission in submissions[:2]:
        path = settings.extracts / str(submission.extracts[0].path)
        own = parquet.read_table(path, filters=[("_submission_id", "=", submission.submission_id)])
        assert set(own["_agency_id"].to_pylist()) == {submission.agency_id}


@pytest.mark.parametrize(
    ("name", "kind", "datasets", "start"),
    [
        ("NIL_2001-02.txt", "nil", ["contacts", "enrolments", "persons"], "2001-02-01"),
        ("aucun_2001-02.TXT", "nil", ["contacts", "enrolments", "persons"], "2001-02-01"),
        ("AUCUN_2001-02_contacts.txt", "nil", ["contacts"], "2001-02-01"),
        ("NIL_2001-02_visits.txt", "unusable", None, None),
        ("NIL_2001-02_outcomes.txt", "unusable", None, None),
        ("NIL_2001-13.txt", "unusable", None, None),
        ("NIL_0000-01.txt", "unusable", None, None),
        ("NIL.txt", "unusable", None, None),
        ("persons_0000-01.csv", "unusable", None, None),
    ],
)
def test_a_nil_return_speaks_by_its_name(
    settings: Settings,
    expectations: Expectations,
    name: str,
    kind: str,
    datasets: list[str] | None,
    start: str | None,
) -> None:
    drop(settings, "clinic", name, "nothing to report")
    [submission] = read(settings, expectations)
    assert submission.kind == kind
    if kind == "nil":
        assert (submission.datasets, submission.period_start) == (datasets, start)
    else:
        assert [finding.rule_id for finding in submission.findings] == ["unexpected_file"]


def test_the_same_bytes_for_another_month_are_that_months(settings: Settings, expectations: Expectations) -> None:
    """The list of a small agency may not change from one month to the next: it was received all the same."""
    for name in ("persons_2001-01.csv", "persons_2001-02.csv", "persons_2001-02_again.csv"):
        drop(settings, "clinic", name, PERSONS)
    submissions = read(settings, expectations)
    assert [(submission.kind, submission.period_start) for submission in submissions] == [
        ("data", "2001-01-01"),
        ("data", "2001-02-01"),
        ("duplicate", None),
    ]
    assert len({submission.submission_id for submission in submissions}) == 3


def test_a_period_that_had_not_begun_is_a_slip_in_the_name(settings: Settings, expectations: Expectations) -> None:
    drop(settings, "clinic", "persons_2001-02.csv", PERSONS)
    drop(settings, "clinic", "persons_2001-03.csv", PERSONS)
    received = "file,received\npersons_2001-02.csv,2001-02-01\npersons_2001-03.csv,2001-02-28\n"
    drop(settings, "clinic", "received.csv", received)
    assert told(read(settings, expectations)) == {
        "persons_2001-02.csv": ("data", []),
        "persons_2001-03.csv": ("unusable", ["period_in_future"]),
    }


def test_equal_nil_returns_of_many_places_are_told_apart(settings: Settings, expectations: Expectations) -> None:
    for folder in ("clinic", "school", "clinic/2026"):
        (settings.raw / folder).mkdir(exist_ok=True)
        drop(settings, folder, "NIL_2001-02.txt", "")
    drop(settings, "clinic", "nil_2001-02.txt", "")
    submissions = read(settings, expectations)
    assert {submission.kind for submission in submissions} == {"nil"}
    assert len({submission.submission_id for submission in submissions}) == 4


def test_one_bad_sheet_does_not_take_the_others_with_it(settings: Settings, expectations: Expectations) -> None:
    files = {
        "persons_2001-01.csv": b"",
        "persons_2001-02.csv": "id,first\nA1,Zoé\n".encode("cp1252"),
        "persons_2001-03.csv": b"first,last\nMarie,Roy\n",
        "persons_2001-04.csv": b"id,first\nA1,Marie\n",
        "enrolments_2001-01.csv": lines(ENROLMENTS_HEADER, "E1,A1,P1,2001-01-05,,").encode(),
        "visits_2001-01.xlsx": b"no workbook",
    }
    for name, content in files.items():
        drop(settings, "clinic", name, content)
    optional = ["missing_optional_column"] * 7
    assert told(read(settings, expectations)) == {
        "enrolments_2001-01.csv": ("data", []),
        "persons_2001-01.csv": ("unusable", ["empty_file"]),
        "persons_2001-02.csv": ("data", ["wrong_encoding"]),
        "persons_2001-03.csv": ("data", ["missing_column", *optional[1:], "columns_missing"]),
        "persons_2001-04.csv": ("data", [*optional, "columns_missing"]),
        "visits_2001-01.xlsx": ("unusable", ["other_kind_of_file"]),
    }
