"""A file that came by e-mail is filed under its agreed name when it tells whose it is; else a person is asked."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from typer.testing import CliRunner, Result

from dagster_project.cli import app
from dagster_project.settings import Settings
from tests.conftest import make_settings
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, lines, small_settings

Run = Callable[..., Result]
CANARY = "Zyxcanary"
PERSONS = lines(PERSONS_HEADER, f"A1,{CANARY},Roy,1980-02-03,F,,,,")
ENROLMENTS = lines(ENROLMENTS_HEADER, "E1,A1,P1,2026-02-05,,", "E2,A1,P1,2026-02-09,,")


@pytest.fixture(scope="module")
def expectations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = small_settings(tmp_path_factory.mktemp("small"), ("clinic", "en"), ("school", "fr"))
    path = settings.expectations / "partners" / "school.yml"
    # Another agency, with other headers for its enrolments.
    path.write_text(path.read_text(encoding="utf-8").replace("exit_date: exit", "exit_date: sortie"), encoding="utf-8")
    return settings.expectations


@pytest.fixture
def settings(tmp_path: Path, expectations: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = make_settings(tmp_path / "room", expectations)
    for name, path in (("DATA", made.data), ("EXPECTATIONS", made.expectations), ("SITE", made.site)):
        monkeypatch.setenv(f"DORSALE_{name}", str(path))
    monkeypatch.setenv("COLUMNS", "300")
    return made


@pytest.fixture
def take(settings: Settings, tmp_path: Path) -> Run:
    def run(name: str, content: str, *options: str) -> Result:
        (tmp_path / name).write_text(content, encoding="utf-8")
        result = CliRunner().invoke(app, ["take", str(tmp_path / name), *options])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert CANARY not in result.output
        return result

    return run


def filed(settings: Settings) -> list[str]:
    return sorted(path.relative_to(settings.raw).as_posix() for path in settings.raw.rglob("*.csv"))


def test_headers_tell_the_agency_and_the_kind_and_the_rows_tell_the_month(settings: Settings, take: Run) -> None:
    result = take("Copy of export (3).csv", ENROLMENTS, "--received", "2026-03-02")
    assert result.exit_code == 0, result.output
    assert filed(settings) == ["clinic/enrolments_2026-02.csv", "clinic/received.csv"]
    assert (settings.raw / "clinic" / "enrolments_2026-02.csv").read_text(encoding="utf-8") == ENROLMENTS
    received = list(csv.DictReader((settings.raw / "clinic" / "received.csv").open(encoding="utf-8")))
    assert received == [{"file": "enrolments_2026-02.csv", "received": "2026-03-02"}]


@pytest.mark.parametrize(
    "name", ["clinic fevrier 2026.csv", "export-2026_02.csv", "February report, 2026.csv", "02-2026.csv"]
)
def test_the_month_in_a_name_counts_where_the_rows_agree(settings: Settings, take: Run, name: str) -> None:
    assert take(name, ENROLMENTS).exit_code == 0
    assert "clinic/enrolments_2026-02.csv" in filed(settings)


def test_a_name_that_disagrees_with_the_rows_is_asked_about(settings: Settings, take: Run) -> None:
    result = take("enrolments march 2026.csv", ENROLMENTS)
    assert result.exit_code == 1
    assert "of which month is it? There is nobody to ask: say it with --month." in result.output
    assert filed(settings) == []
    assert take("enrolments march 2026.csv", ENROLMENTS, "--month", "2026-03").exit_code == 0
    assert "clinic/enrolments_2026-03.csv" in filed(settings)


def test_a_file_that_two_agencies_could_have_sent_is_asked_about(settings: Settings, take: Run) -> None:
    result = take("persons_2026-01.csv", PERSONS)
    assert result.exit_code == 1
    assert "whose is it? (clinic, school)" in result.output
    assert take("persons_2026-01.csv", PERSONS, "--agency", "school").exit_code == 0
    assert "school/persons_2026-01.csv" in filed(settings)


def test_person_numbers_already_accepted_tell_the_agency(settings: Settings, take: Run) -> None:
    settings.accepted.mkdir(parents=True)
    known = pa.table({"_agency_id": ["school", "clinic"], "person_id_agency": ["A1", "B7"]})
    parquet.write_table(known, settings.accepted / "persons.parquet")
    assert take("persons_2026-01.csv", PERSONS).exit_code == 0
    assert "school/persons_2026-01.csv" in filed(settings)


def test_what_is_there_already_is_kept_and_a_correction_says_so(settings: Settings, take: Run) -> None:
    take("a.csv", ENROLMENTS)
    take("b.csv", ENROLMENTS)
    assert filed(settings) == ["clinic/enrolments_2026-02.csv", "clinic/received.csv"]
    take("c.csv", ENROLMENTS.replace("E2", "E3"))
    take("correction.csv", ENROLMENTS.replace("E2", "E4"))
    take("d.csv", ENROLMENTS.replace("E2", "E5"), "--correction")
    assert filed(settings) == [
        "clinic/enrolments_2026-02.csv",
        "clinic/enrolments_2026-02_2.csv",
        "clinic/enrolments_2026-02_correction.csv",
        "clinic/enrolments_2026-02_correction_2.csv",
        "clinic/received.csv",
    ]


def test_a_file_with_one_known_header_is_not_taken_for_another_kind(settings: Settings, take: Run) -> None:
    result = take("odd.csv", f"id,thing,machine\nA1,{CANARY},2\n", "--agency", "clinic", "--month", "2026-01")
    assert result.exit_code == 1
    assert filed(settings) == []


def test_a_file_that_lacks_what_cannot_be_missed_is_asked_about(settings: Settings, take: Run) -> None:
    renamed = ENROLMENTS.replace("entry,", "begin,")
    result = take("enrolments.csv", renamed, "--month", "2026-02")
    assert result.exit_code == 1
    assert "whose is it?" in result.output


def test_a_file_of_nobody_is_not_filed(settings: Settings, take: Run) -> None:
    result = take("holiday.csv", f"a,b\n{CANARY},2\n")
    assert result.exit_code == 1
    assert filed(settings) == []
