"""Canaries: unmistakable values in every personal column, and in places where a person may have typed one.

After a whole build they may be found in the private rooms only: not in logs, Dagster's storage, dbt's target, the
results of Great Expectations, the warehouse, the published tables.
"""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as parquet
import pytest

from dagster_project.contracts import IDENTIFIERS, load_expectations
from dagster_project.settings import PRIVATE_ROOMS, ROOMS_WITHOUT_NAMES
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
    "city": "Zyxcanarycity",
    "parent_first_name": "Zyxcanaryparent",
    "parent_last_name": "Zyxcanaryelder",
    "national_number": "ZYX-046-454-286",
    "health_number": "ZYXB-8256-1399",
    "school_number": "ZYX-7741-9023",
    "link_tokens": "zyxtokens:5f1c9a",
}
# A name that leaves a doubt; and where they do not belong: in a code, a date, a name of a file or folder, a row with a
# cell too many.
MISPLACED = ("Qoltwinzyx", "Zyxcode", "Zyxconsent", "Zyxdate", "Zyxfilename", "Zyxragged", "Zyxfolder", "Zyxbeside")
# As they are written for comparing, too: without signs between, day before month.
FOLDED = ("Zyxcanary", "Z9Z8Q7", "5550199777", "0199777", "19310719", "ZYX046454286", "ZYXB82561399", "ZYX77419023")
CANARIES = (*PERSONAL.values(), *MISPLACED, *FOLDED)
# What an agency sends beside the columns of the small initiative, and the agreement that lets it.
MORE = {
    "city": "town",
    "parent_first_name": "parent",
    "parent_last_name": "elder",
    "national_number": "sin",
    "health_number": "ramq",
    "school_number": "pupil",
    "link_tokens": "tokens",
    "consent_to_link": "consent",
}
BASIS = "".join(f"  {name}: {{en: Test., fr: Essai.}}\n" for name in IDENTIFIERS)
HEADER = ",".join((PERSONS_HEADER, *MORE.values()))


def persons(*rows: tuple[str, dict[str, str]]) -> str:
    """A file of persons who are all the canary, but for what is told of each number."""
    columns = ("first_name", "last_name", "birth_date", "sex", "postal_code", "phone", "email", "address", *MORE)
    known = {**PERSONAL, "sex": "F", "consent_to_link": ""}
    return lines(HEADER, *(",".join((number, *((known | other)[c] for c in columns))) for number, other in rows))


def canaries_in(text: str) -> list[str]:
    folded = text.casefold()
    return [canary for canary in CANARIES if canary.casefold() in folded]


@pytest.fixture(scope="module")
def canary_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    settings = small_settings(tmp_path_factory.mktemp("canary"), ("clinic", "en"), ("school", "fr"))
    for path in (settings.expectations / "partners").glob("*.yml"):
        text = path.read_text(encoding="utf-8").replace("consent: {", f"identifiers:\n{BASIS}consent: {{", 1)
        more = "".join(f"          {ours}: {theirs}\n" for ours, theirs in MORE.items())
        path.write_text(
            text.replace("          address: address\n", f"          address: address\n{more}"), encoding="utf-8"
        )
    one = persons(("P1", {}))
    drop(
        settings,
        "clinic",
        "persons_2026-01_Zyxfilename.csv",
        persons(
            ("P1", {}), ("P2", {"sex": "Zyxcode"}), ("P3", {"birth_date": "Zyxdate"}),
            ("P4", {"consent_to_link": "Zyxconsent,Zyxragged"}), ("", {}), ("P5", {"consent_to_link": "Zyxconsent"}),
        ),
    )  # fmt: skip
    # Another person, or the same: a doubt for the steward.
    doubtful = {"first_name": "Qoltwinzyx", "national_number": "", "health_number": "", "school_number": ""}
    drop(settings, "school", "persons_2026-01.csv", persons(("S1", {}), ("S2", doubtful)))
    drop(
        settings,
        "clinic",
        "enrolments_2026-01.csv",
        lines(
            ENROLMENTS_HEADER, "E1,P1,P1,2026-01-05,,", "E2,P1,Zyxcode,2026-01-05,,Zyxcode", "E3,P2,P1,Zyxdate,,",
        ),
    )  # fmt: skip
    drop(settings, "clinic", "visits_2026-01.xlsx", b"Zyxragged is no workbook")
    drop(settings, "Zyxfolder", "Zyxfilename_2026-01.csv", one)
    drop(settings, ".", "Zyxbeside.csv", one)
    output = run_dorsale(settings, "build", "--no-site")
    # A month later one withdraws: an id changes, and the ledger says so.
    drop(settings, "school", "persons_2026-02.csv", persons(("S1", {"consent_to_link": "withdrawn"})))
    return Build(settings, output + run_dorsale(settings, "build", "--no-site"))


def test_every_personal_column_has_a_canary() -> None:
    from dagster_project.settings import PROJECT_ROOT

    contracts = load_expectations(PROJECT_ROOT / "expectations").contracts.values()
    assert {c.name for contract in contracts for c in contract.columns if c.is_personal} == set(PERSONAL)


def test_the_console_shows_no_canary(canary_build: Build) -> None:
    assert canaries_in(canary_build.output) == []


def test_no_file_outside_the_private_rooms_holds_a_canary(canary_build: Build) -> None:
    found = []
    for path in files_outside_private_rooms(canary_build.settings.data):
        found += [(path.name, canary) for canary in canaries_in(everything_of(path))]
    assert found == []


def test_the_log_tells_of_each_step_and_shows_no_canary(canary_build: Build) -> None:
    """Nor does a command that is told a file's name or a reason: a person may have typed a name there."""
    settings = canary_build.settings
    run_dorsale(settings, "accept", "Zyxfilename", "--because", PERSONAL["first_name"], expect=1)
    run_dorsale(settings, "take", "Zyxfilename.csv", "--agency", "clinic", expect=1)
    text = "".join(path.read_text(encoding="utf-8") for path in settings.log.iterdir())
    told = [json.loads(line) for line in text.splitlines()]
    steps = [line["step"] for line in told if line["event"] == "step"]
    assert {"receive", "read", "validate", "accept", "answer", "link", "model", "publish"} <= set(steps)
    ends = [line for line in told if line["event"] == "build_ended"]
    assert [line["outcome"] for line in ends][:2] == ["built", "built"]
    assert ends[0]["files_seen"] > 0
    assert {line["command"] for line in told if "command" in line} >= {"build", "accept", "take"}
    assert canaries_in(text) == []


def test_no_other_user_may_enter_what_is_not_public(canary_build: Build) -> None:
    settings = canary_build.settings
    # The test itself made the drop folder: who may drop files there is for its owner to say.
    rooms = [room for room in (*PRIVATE_ROOMS, *ROOMS_WITHOUT_NAMES) if room != "raw"]
    modes = {room: stat.S_IMODE((settings.data / room).stat().st_mode) for room in rooms}
    assert modes == dict.fromkeys(rooms, 0o700)
    assert stat.S_IMODE(settings.warehouse.stat().st_mode) == 0o600


def test_the_private_rooms_do_hold_them(canary_build: Build) -> None:
    """Else the search above would find nothing for want of looking."""
    rooms = canary_build.settings
    quarantined = "".join(texts_inside(rooms.quarantine / "persons.parquet"))
    vault = "".join(texts_inside(rooms.vault_persons))
    assert PERSONAL["last_name"] in quarantined
    assert all(value in vault for value in PERSONAL.values())
    assert "Zyxcode" in (rooms.stewardship / "unmapped_codes.csv").read_text(encoding="utf-8")


def test_identity_and_its_journal_have_rows_and_no_canary(canary_build: Build) -> None:
    """Linkage reads all that is personal: what it leaves is looked at by itself."""
    data = canary_build.settings
    for folder in (data.identity, *(data.journal / name for name in JOURNALS)):
        files = sorted(folder.rglob("*.parquet"))
        texts = ["".join(texts_inside(path)) for path in files]
        assert any(texts), f"{folder.name} is empty"
        assert canaries_in("".join(texts)) == []
    ledger = "".join(text for path in (data.journal / "person_ids_ledger").iterdir() for text in texts_inside(path))
    assert "consent withdrawn" in ledger


JOURNALS = ("person_numbers", "person_ids", "person_ids_ledger", "family_ids")


def test_linkage_works_within_the_private_rooms(canary_build: Build) -> None:
    """The steward sees names, in a private room; what linkage keeps for itself is in the vault."""
    data = canary_build.settings
    assert (data.vault / "linkage" / "pairs.parquet").exists()
    workbook = "".join(str(sheet.to_python()) for sheet in sheets_of(data.stewardship / "review.xlsx"))
    assert "Qoltwinzyx" in workbook


def sheets_of(path: Path) -> list[Any]:
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(str(path))
    return [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]


def test_feedback_shows_places_and_no_values(canary_build: Build) -> None:
    from python_calamine import CalamineWorkbook

    for path in canary_build.settings.feedback.rglob("*.xlsx"):
        workbook = CalamineWorkbook.from_path(str(path))
        findings = str(workbook.get_sheet_by_name(workbook.sheet_names[1]).to_python())
        assert canaries_in(findings) == []


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
    assert canaries_in(output) == []
    assert broken.exists()
    for path in files_outside_private_rooms(settings.data):
        assert canaries_in(everything_of(path)) == []


def files_outside_private_rooms(data: Path) -> Iterator[Path]:
    for path in sorted(data.rglob("*")):
        if path.is_file() and path.relative_to(data).parts[0] not in PRIVATE_ROOMS:
            yield path


def everything_of(path: Path) -> str:
    """A file's name, bytes and values, as text to search."""
    return path.name + path.read_bytes().decode("utf-8", "replace") + "".join(texts_inside(path))


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
