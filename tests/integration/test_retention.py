"""What is past its time: told by room and agency, removed where nothing else needs it, never written again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from dagster_project.contracts import ExpectationsError, Retention, load_expectations
from dagster_project.contracts.retention import months_before
from dagster_project.publication import current_publication
from dagster_project.settings import Settings
from tests.conftest import run_dorsale
from tests.integration.small_initiative import PERSONS_HEADER, drop, lines, small_settings

CANARY = "Zyxcanary"
TERMS = "retention: {raw: 12, archive: 12, quarantine: 12, feedback: 12, stewardship: 12}\n"
PERSON, SET_ASIDE = "A1,Anne,Roy,1980-02-03,F,,,,", f",{CANARY},Roy,1980-02-03,F,,,,"


def change_initiative(settings: Settings, before: str, after: str) -> None:
    path = settings.expectations / "initiative.yml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def received(settings: Settings, agency_id: str, **days: str) -> None:
    rows = [f"{name.replace('__', ' ').replace('_of_', '_2026-')}.csv,{day}" for name, day in days.items()]
    drop(settings, agency_id, "received.csv", lines("file,received", *rows))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A build of 15 February 2027. The files for January that the clinic sent came a year before, the others later."""
    made = small_settings(tmp_path_factory.mktemp("retention"), ("clinic", "en"), ("centre", "fr"))
    change_initiative(made, "as_of: 2026-03-31", "as_of: 2027-02-15")
    drop(made, "clinic", "persons_2026-01 first.csv", lines(PERSONS_HEADER, PERSON))
    for agency_id, month in (("clinic", "01"), ("clinic", "02"), ("centre", "01")):
        drop(made, agency_id, f"persons_2026-{month}.csv", lines(PERSONS_HEADER, PERSON, SET_ASIDE + agency_id + month))
    received(made, "clinic", persons_of_01__first="2026-02-01", persons_of_01="2026-02-02", persons_of_02="2026-03-05")
    received(made, "centre", persons_of_01="2026-03-01")
    run_dorsale(made, "build", "--no-site")
    remarks = made.stewardship / "finding_answers"
    remarks.mkdir(parents=True)
    (remarks / "2026-01-05_clinic_0a1b2c3d.xlsx").write_bytes(b"old")
    (remarks / "2026-03-05_clinic_0a1b2c3d.xlsx").write_bytes(b"not yet")
    (made.stewardship / "review_unclear_2026-01-05_2.xlsx").write_bytes(b"old")
    (made.feedback / "centre" / "reminder_2026-02-01.txt").write_text("old", encoding="utf-8")
    # An agency's own file may begin with any day.
    (made.feedback / "centre" / "2020-01-01_visits.xlsx").write_bytes(b"not ours to judge")
    return made


def quarantined(settings: Settings) -> list[tuple[str, date]]:
    rows = parquet.read_table(settings.quarantine / "persons.parquet").to_pylist()
    return sorted((row["_agency_id"], row["_received_date"]) for row in rows)


def returns_of(settings: Settings, agency_id: str) -> list[str]:
    return sorted(path.name.rsplit("_", 1)[0] for path in (settings.feedback / agency_id).glob("persons_*"))


@pytest.mark.long
def test_what_is_past_goes_where_nothing_needs_it_and_figures_stay(settings: Settings) -> None:
    assert "Nothing is past its time on 2027-02-15." in run_dorsale(settings, "expire", "--apply"), "nothing was agreed"
    assert len(quarantined(settings)) == 3
    published = current_publication(settings)
    rooms = [settings.raw, settings.archive, settings.journal]
    before = {path: path.read_bytes() for room in rooms for path in room.rglob("*") if path.is_file()}
    change_initiative(settings, "reporting_years:\n", f"{TERMS}reporting_years:\n")

    told = run_dorsale(settings, "expire")
    counts = [line.split()[:4] for line in told.splitlines() if " files " in line or " rows " in line]
    assert counts == [
        ["archive", "clinic", "2", "files"],
        ["feedback", "centre", "1", "files"],
        ["feedback", "clinic", "4", "files"],
        ["quarantine", "clinic", "1", "rows"],
        ["raw", "clinic", "2", "files"],
        ["stewardship", "clinic", "1", "files"],
        ["stewardship", "unknown", "1", "files"],
    ]
    assert "1 submissions no longer count" in told
    assert CANARY not in told
    assert len(quarantined(settings)) == 3, "told only"

    run_dorsale(settings, "expire", "--apply")
    assert {path: path.read_bytes() for path in before} == before
    expected = [("centre", date(2026, 3, 1)), ("clinic", date(2026, 3, 5))]
    assert quarantined(settings) == expected
    assert returns_of(settings, "clinic") == ["persons_2026-02"] * 2
    assert returns_of(settings, "centre") == ["persons_2026-01"] * 2
    assert not list(settings.feedback.rglob("reminder_*"))
    assert (settings.feedback / "centre" / "2020-01-01_visits.xlsx").exists()
    index = json.loads((settings.feedback / ".index.json").read_text(encoding="utf-8"))
    assert not [name for name in index if name.startswith("clinic/persons_2026-01")]
    left = [path.name for path in settings.stewardship.rglob("*.xlsx") if path.read_bytes() in (b"old", b"not yet")]
    assert left == ["2026-03-05_clinic_0a1b2c3d.xlsx"]

    # A build of everything writes none of it again, and counts the same.
    run_dorsale(settings, "build", "--no-site", "--force")
    assert quarantined(settings) == expected
    assert returns_of(settings, "clinic") == ["persons_2026-02"] * 2
    assert current_publication(settings) == published
    again = run_dorsale(settings, "expire", "--apply")
    assert "quarantine" not in again.partition("Removed")[0]
    assert "raw" in again, "it is told again until somebody has done it"


@pytest.mark.parametrize(
    ("terms", "remedy"),
    [
        ("retention: {raw: 0}", "Write a number of months from 1 to 1200"),
        ("retention: {vault: 12}", "Write one of: archive, feedback, quarantine, raw, stewardship."),
        ("retention: 12", "Write the months that each room keeps what came"),
    ],
)
def test_a_wrong_retention_is_refused_with_its_line_and_remedy(tmp_path: Path, terms: str, remedy: str) -> None:
    made = small_settings(tmp_path, ("clinic", "en"))
    change_initiative(made, "reporting_years:\n", f"{terms}\nreporting_years:\n")
    line = (made.expectations / "initiative.yml").read_text(encoding="utf-8").splitlines().index(terms) + 1
    with pytest.raises(ExpectationsError) as raised:
        load_expectations(made.expectations)
    assert remedy in str(raised.value)
    assert f"initiative.yml:{line}:" in str(raised.value)


def test_without_a_word_everything_is_kept() -> None:
    assert all(Retention().first_day_kept(room, date(2026, 3, 31)) is None for room in vars(Retention()))


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2026, 12, 1), 24, date(2024, 12, 1)),
    ],
)
def test_months_end_where_a_month_ends(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before
