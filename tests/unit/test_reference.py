"""What the expectations say becomes tables: intervals that have ended, a word in both languages for every code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
import yaml

from dagster_project.contracts import Column, Expectations, Initiative, load_expectations
from dagster_project.contracts.datasets import Code
from dagster_project.contracts.initiative import ReportingYear
from dagster_project.intervals import intervals, wave_intervals
from dagster_project.reference import write_reference
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.words import LABELS_OF_CODES, SECTORS
from tests.conftest import make_settings


@pytest.fixture(scope="module")
def expectations() -> Expectations:
    return load_expectations(PROJECT_ROOT / "expectations")


def initiative(expectations: Expectations, first_month: date, **years: int) -> Initiative:
    names = {"en": "Year", "fr": "Année"}
    reporting_years = tuple(ReportingYear(name, month, names) for name, month in years.items())
    return replace(expectations.initiative, first_month=first_month, reporting_years=reporting_years)


def ended(found: Initiative, as_of: str, kind: str) -> list[tuple[str, str]]:
    of_kind = [one for one in intervals(found, date.fromisoformat(as_of)) if one.kind == kind]
    return [(one.start.isoformat(), one.end.isoformat()) for one in of_kind]


@pytest.mark.parametrize(
    ("first_month", "as_of", "months"),
    [
        pytest.param(date(2023, 12, 1), "2024-02-29", ["2023-12-31", "2024-01-31", "2024-02-29"], id="last day"),
        pytest.param(date(2023, 12, 1), "2024-02-28", ["2023-12-31", "2024-01-31"], id="the day before"),
        pytest.param(date(2023, 12, 1), "2023-12-30", [], id="none has ended"),
    ],
)
def test_months_that_have_ended(expectations: Expectations, first_month: date, as_of: str, months: list[str]) -> None:
    assert [end for _, end in ended(initiative(expectations, first_month), as_of, "month")] == months


def test_quarters_are_whole_and_those_of_the_calendar(expectations: Expectations) -> None:
    found = initiative(expectations, date(2023, 11, 1))
    assert ended(found, "2024-06-29", "quarter") == [("2024-01-01", "2024-03-31")]
    assert ended(found, "2024-06-30", "quarter")[1:] == [("2024-04-01", "2024-06-30")]


@pytest.mark.parametrize(
    ("start_month", "first_month", "as_of", "years"),
    [
        (1, date(2023, 1, 1), "2024-12-31", [("2023-01-01", "2023-12-31"), ("2024-01-01", "2024-12-31")]),
        (1, date(2023, 2, 1), "2024-12-31", [("2024-01-01", "2024-12-31")]),
        (7, date(2023, 1, 1), "2024-12-31", [("2023-07-01", "2024-06-30")]),
        (4, date(2023, 4, 1), "2024-03-31", [("2023-04-01", "2024-03-31")]),
        (4, date(2023, 4, 1), "2024-03-30", []),
        (12, date(2023, 1, 1), "2024-12-31", [("2023-12-01", "2024-11-30")]),
        (3, date(2023, 3, 1), "2024-02-29", [("2023-03-01", "2024-02-29")]),
    ],
)
def test_reporting_years_start_in_any_month(
    expectations: Expectations, start_month: int, first_month: date, as_of: str, years: list[tuple[str, str]]
) -> None:
    assert ended(initiative(expectations, first_month, funder=start_month), as_of, "funder") == years


def test_intervals_are_named_in_both_languages(expectations: Expectations) -> None:
    found = intervals(initiative(expectations, date(2024, 1, 1), calendar=1, school=7), date(2026, 6, 30))
    labels = {(one.kind, one.start): one.label for one in found}
    assert labels["month", date(2025, 2, 1)] == {"en": "February 2025", "fr": "février 2025"}
    assert labels["month", date(2025, 12, 1)] == {"en": "December 2025", "fr": "décembre 2025"}
    assert labels["quarter", date(2025, 10, 1)] == {"en": "Q4 2025", "fr": "T4 2025"}
    assert labels["calendar", date(2025, 1, 1)] == {"en": "2025", "fr": "2025"}
    assert labels["school", date(2025, 7, 1)] == {"en": "2025-2026", "fr": "2025-2026"}
    kinds = {one.kind: (one.kind_order, one.kind_label["fr"]) for one in found}
    assert kinds == {
        "month": (1, "Mois"),
        "quarter": (2, "Trimestre"),
        "calendar": (3, "Année"),
        "school": (4, "Année"),
    }


@pytest.mark.parametrize(
    ("as_of", "found"),
    [
        ("2025-03-30", []),
        ("2025-03-31", [("wave", "2025-02-01", "2025-03-31", ["wave_1"])]),
        ("2026-06-29", [("wave", "2025-02-01", "2025-03-31", ["wave_1"])]),
        (
            "2026-06-30",
            [
                ("wave", "2025-02-01", "2025-03-31", ["wave_1"]),
                ("wave", "2026-05-01", "2026-06-30", ["wave_2"]),
                ("all_waves", "2025-02-01", "2026-06-30", ["wave_1", "wave_2"]),
            ],
        ),
    ],
)
def test_waves_that_have_ended_and_all_of_them_once_the_last_has(
    expectations: Expectations, as_of: str, found: list[tuple[str, str, str, list[str]]]
) -> None:
    ended_by = wave_intervals(expectations.initiative, date.fromisoformat(as_of))
    assert [(one.kind, one.start.isoformat(), one.end.isoformat(), ids) for one, ids in ended_by] == found


def test_one_wave_alone_is_not_all_of_them_as_well(expectations: Expectations) -> None:
    single = replace(expectations.initiative, waves=expectations.initiative.waves[:1])
    assert [one.kind for one, _ in wave_intervals(single, date(2026, 7, 20))] == ["wave"]
    assert wave_intervals(replace(single, waves=()), date(2026, 7, 20)) == []


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A project folder of its own, since dbt's sources are written into it."""
    (tmp_path / "dbt" / "models" / "staging").mkdir(parents=True)
    return replace(make_settings(tmp_path), project=tmp_path)


def rows(settings: Settings, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parquet.read_table(settings.reference / f"{name}.parquet").to_pylist()
    return found


def test_every_code_that_results_may_hold_has_a_label(settings: Settings, expectations: Expectations) -> None:
    write_reference(settings, expectations, date(2026, 7, 20))
    labels = rows(settings, "labels")
    known = {(row["kind"], row["code"]) for row in labels}
    assert len(known) == len(labels)
    assert all(row["label_en"].strip() and row["label_fr"].strip() for row in labels)
    wanted = {("age_band", band.code) for band in expectations.initiative.age_bands}
    wanted |= {("instrument", tool.instrument_id) for tool in expectations.initiative.instruments}
    wanted |= {("dataset", dataset) for dataset in expectations.contracts}
    destination = expectations.contracts["enrolments"].column("destination_code")
    wanted |= {("destination_group", code.group) for code in destination.codes if code.group}
    assert wanted - known == set()
    for kind in {row["kind"] for row in labels}:
        codes = [row["code"] for row in sorted(labels, key=lambda r: int(r["sort_order"])) if row["kind"] == kind]
        assert "unknown" not in codes[:-1], "unknown comes last"


def test_every_breakdown_that_a_contract_codes_has_its_labels(settings: Settings, expectations: Expectations) -> None:
    """Also where a contract is not there: an initiative may have fewer datasets."""
    words = {"en": "x", "fr": "x"}
    codes = tuple(Code(code, {"en": code, "fr": code}, None) for code in ("b", "a", "unknown", "not_collected"))
    need = Column("first_need", "string", False, "sensitive", words, words, codes, None, "warn")
    enrolments = expectations.contracts["enrolments"]
    columns = (*(column for column in enrolments.columns if column.name != "first_need"), need)
    few = {"persons": expectations.contracts["persons"], "enrolments": replace(enrolments, columns=columns)}
    write_reference(settings, replace(expectations, contracts=few), date(2026, 7, 20))
    labels = sorted(rows(settings, "labels"), key=lambda row: int(row["sort_order"]))
    by_kind = {row["kind"]: [one["code"] for one in labels if one["kind"] == row["kind"]] for row in labels}
    assert by_kind["need"] == ["b", "a", "not_collected", "unknown"]
    assert by_kind["theme"] == ["unknown"]
    assert by_kind["sector"] == [*SECTORS, "unknown"]
    assert by_kind["network"] == [*(n.network_id for n in expectations.initiative.networks), "unknown"]
    assert by_kind["cultural"] == ["culturally_appropriate", "other"]
    assert {*LABELS_OF_CODES, "sector", "network", "cultural"} - set(by_kind["breakdown_kind"]) == set()


def test_waves_and_sectors_of_networks_are_tables(settings: Settings, expectations: Expectations) -> None:
    write_reference(settings, expectations, date(2026, 7, 20))
    waves = rows(settings, "waves")
    order = 3 + len(expectations.initiative.reporting_years)
    assert [(row["wave_id"], row["interval_kind"], row["label_fr"], row["kind_order"]) for row in waves] == [
        ("wave_1", "wave", "Première vague", order),
        ("wave_2", "wave", "Deuxième vague", order),
        (None, "all_waves", "Toutes les vagues", order + 1),
    ]
    bridge = [(row["wave_id"], row["interval_kind"]) for row in rows(settings, "wave_intervals")]
    assert bridge == [("wave_1", "wave"), ("wave_2", "wave"), ("wave_1", "all_waves"), ("wave_2", "all_waves")]
    expected = {(row["network_id"], row["sector_code"]) for row in rows(settings, "network_sectors")}
    assert ("lac_au_huard", "indigenous_services") in expected
    assert ("lac_au_huard", "daycare") not in expected
    served = {
        program.program_id: program.population for a in expectations.agreements.values() for program in a.programs
    }
    assert {row["program_id"]: row["population_id"] for row in rows(settings, "programs")} == served


def test_every_rule_has_a_label(settings: Settings, expectations: Expectations) -> None:
    write_reference(settings, expectations, date(2026, 7, 20))
    labels = {row["rule_id"]: row["rule_label_fr"] for row in rows(settings, "rules")}
    own = {rule.rule_id for contract in expectations.contracts.values() for rule in contract.rules}
    assert (own | set(expectations.finding_words)) - set(labels) == set()
    assert all(labels.values())


def test_the_day_of_the_build_is_in_what_it_makes(settings: Settings, expectations: Expectations) -> None:
    write_reference(settings, expectations, date(2026, 7, 20))
    [build] = rows(settings, "build")
    assert (build["as_of"], build["first_month"]) == (date(2026, 7, 20), date(2025, 1, 1))


def test_dbts_sources_hold_no_personal_column(settings: Settings, expectations: Expectations) -> None:
    write_reference(settings, expectations, date(2026, 7, 20))
    path = settings.dbt / "models" / "staging" / "_sources.yml"
    [source] = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    tables = {table["name"]: {column["name"] for column in table["columns"]} for table in source["tables"]}
    assert tables["persons"] >= {"person_id_agency", "sex", "zone_code"}
    personal = {c.name for contract in expectations.contracts.values() for c in contract.columns if c.is_personal}
    assert personal & set().union(*tables.values()) == set()


def test_dbts_sources_are_left_alone_while_nothing_changes(settings: Settings, expectations: Expectations) -> None:
    """A touched file would make dbt parse the project again at every build."""
    path = settings.dbt / "models" / "staging" / "_sources.yml"
    write_reference(settings, expectations, date(2026, 7, 20))
    before = path.stat().st_mtime_ns
    write_reference(settings, expectations, date(2026, 7, 21))
    assert path.stat().st_mtime_ns == before
    fewer = {name: contract for name, contract in expectations.contracts.items() if name != "outcomes"}
    write_reference(settings, replace(expectations, contracts=fewer), date(2026, 7, 21))
    assert "outcomes" not in path.read_text(encoding="utf-8")


def test_an_initiative_without_partners_yet_has_tables_with_columns(
    settings: Settings, expectations: Expectations
) -> None:
    write_reference(settings, expectations, date(2026, 7, 20))
    columns = {path.name: parquet.read_schema(path) for path in settings.reference.glob("*.parquet")}
    young = replace(expectations.initiative, instruments=(), first_month=date(2026, 7, 1))
    young = replace(young, waves=(), networks=(), populations=())
    write_reference(settings, replace(expectations, agreements={}, initiative=young), date(2026, 7, 20))
    for path in settings.reference.glob("*.parquet"):
        assert parquet.read_schema(path).equals(columns[path.name]), path.name
