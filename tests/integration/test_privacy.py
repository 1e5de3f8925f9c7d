"""Canaries: unmistakable values in every personal column, and in places where a person may have typed one.

After a whole build they may be found in the private rooms only: not in logs, Dagster's storage, dbt's target, the
results of Great Expectations, the warehouse, the published tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet
import pytest

from dagster_project.contracts import load_expectations
from dagster_project.settings import PRIVATE_ROOMS
from tests.conftest import Build, run_dorsale
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, drop, lines, small_settings

PERSONAL = {
    "first_name": "Zyxcanaryfirst",
    "last_name": "Zyxcanarylast",
    "birth_date": "1931-07-19",
    "postal_code": "Z9Z 8Q7",
    "phone": "555-0199-777",
    "email": "zyxcanary@example.org",
    "address": "999 Zyxcanary Street",
}
# Where they do not belong: in a code, a date, a name of a file or folder, a row with a cell too many.
MISPLACED = ("Zyxcode", "Zyxdate", "Zyxfilename", "Zyxragged", "Zyxfolder", "Zyxbeside")
CANARIES = (*PERSONAL.values(), *MISPLACED, "zyxcanaryfirst", "zyxcanarylast", "Z9Z8Q7")


@pytest.fixture(scope="module")
def canary_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    settings = small_settings(tmp_path_factory.mktemp("canary"), ("clinic", "en"))
    person = ",".join(
        ("P1", PERSONAL["first_name"], PERSONAL["last_name"], PERSONAL["birth_date"], "F", PERSONAL["postal_code"],
         PERSONAL["phone"], PERSONAL["email"], PERSONAL["address"])
    )  # fmt: skip
    drop(
        settings,
        "clinic",
        "persons_2026-01_Zyxfilename.csv",
        lines(
            PERSONS_HEADER,
            person,
            person.replace("P1,", "P2,", 1).replace(",F,", ",Zyxcode,"),
            person.replace("P1,", "P3,", 1).replace("1931-07-19", "Zyxdate"),
            person.replace("P1,", "P4,", 1) + ",Zyxragged",
            person.replace("P1,", ",", 1),
        ),
    )
    drop(
        settings,
        "clinic",
        "enrolments_2026-01.csv",
        lines(
            ENROLMENTS_HEADER, "E1,P1,P1,2026-01-05,,", "E2,P1,Zyxcode,2026-01-05,,Zyxcode", "E3,P2,P1,Zyxdate,,",
        ),
    )  # fmt: skip
    drop(settings, "clinic", "visits_2026-01.xlsx", b"Zyxragged is no workbook")
    drop(settings, "Zyxfolder", "Zyxfilename_2026-01.csv", person)
    drop(settings, ".", "Zyxbeside.csv", person)
    return Build(settings, run_dorsale(settings, "build", "--no-site"))


def test_every_personal_column_has_a_canary() -> None:
    from dagster_project.settings import PROJECT_ROOT

    contracts = load_expectations(PROJECT_ROOT / "expectations").contracts.values()
    assert {c.name for contract in contracts for c in contract.columns if c.is_personal} == set(PERSONAL)


def test_the_console_shows_no_canary(canary_build: Build) -> None:
    assert [canary for canary in CANARIES if canary in canary_build.output] == []


def test_no_file_outside_the_private_rooms_holds_a_canary(canary_build: Build) -> None:
    found = []
    for path in files_outside_private_rooms(canary_build.settings.data):
        content = path.read_bytes() + "".join(texts_inside(path)).encode() + path.name.encode()
        found += [(path.name, canary) for canary in CANARIES if canary.encode() in content]
    assert found == []


def test_the_private_rooms_do_hold_them(canary_build: Build) -> None:
    """Else the search above would find nothing for want of looking."""
    rooms = canary_build.settings
    quarantined = "".join(texts_inside(rooms.quarantine / "persons.parquet"))
    vault = "".join(texts_inside(rooms.vault_persons))
    assert PERSONAL["last_name"] in quarantined
    assert all(value in vault for value in PERSONAL.values())
    assert "Zyxcode" in (rooms.stewardship / "unmapped_codes.csv").read_text(encoding="utf-8")


def test_feedback_shows_places_and_no_values(canary_build: Build) -> None:
    from python_calamine import CalamineWorkbook

    for path in canary_build.settings.feedback.rglob("*.xlsx"):
        workbook = CalamineWorkbook.from_path(str(path))
        findings = str(workbook.get_sheet_by_name(workbook.sheet_names[1]).to_python())
        assert [canary for canary in CANARIES if canary in findings] == []


def test_a_failing_build_shows_no_canary(canary_build: Build) -> None:
    """A fault of ours in the middle of a build: what the libraries say of it stays inside."""
    settings = canary_build.settings
    broken = settings.accepted.parent / "accepted"
    damaged = settings.expectations / "datasets" / "persons.yml"
    before = damaged.read_text(encoding="utf-8")
    # A rule that Great Expectations does not know.
    damaged.write_text(
        before.replace("expect_column_values_to_be_between", "expect_column_values_to_be_betwixt"), encoding="utf-8"
    )
    output = run_dorsale(settings, "build", "--no-site", expect=1)
    damaged.write_text(before, encoding="utf-8")
    assert "birth_date_after_1900" in output
    assert [canary for canary in CANARIES if canary in output] == []
    assert broken.exists()
    for path in files_outside_private_rooms(settings.data):
        assert [canary for canary in CANARIES if canary.encode() in path.read_bytes()] == []


def files_outside_private_rooms(data: Path) -> Iterator[Path]:
    for path in sorted(data.rglob("*")):
        if path.is_file() and path.relative_to(data).parts[0] not in PRIVATE_ROOMS:
            yield path


def texts_inside(path: Path) -> Iterator[str]:
    """Every value of a table file as text: compression would hide it from a search of the bytes."""
    if path.suffix == ".parquet":
        for batch in parquet.read_table(path).to_pylist():
            yield str({name: str(value) for name, value in batch.items()})
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            for schema, table in connection.sql(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall():
                for row in connection.sql(f'select * from "{schema}"."{table}"').fetchall():
                    yield str([str(value) for value in row])
    elif path.read_bytes()[:15] == b"SQLite format 3":
        with sqlite3.connect(path) as database:
            yield from database.iterdump()
