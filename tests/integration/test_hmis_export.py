"""A real partner's file: an HMIS CSV export with the official report's figures for its period."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import duckdb
import pytest
import yaml

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Build, make_settings, run_dorsale

EXPORT = PROJECT_ROOT.parent / "shared" / "data" / "hmis_th"
AGREEMENT = """
agency_id: hmis_th
name: {en: Transitional housing, fr: Logement de transition}
sector: housing
language: en
valid_from: 2020-10-01
legal_basis: {en: Test of a standard export., fr: Essai d'un export normalisé.}
consent: {en: Fictional people., fr: Personnes fictives.}
frequency: year
due_day: 28
programs:
  - program_id: th_program
    name: {en: Transitional housing, fr: Logement de transition}
    codes: ["242"]
    records_destinations: true
profile: hmis_csv_2022
"""
# Figure of the official report: indicator, breakdown.
FIGURES = {
    "persons_served": ("persons_active_count", None),
    "adults": ("persons_active_count", "adult"),
    "children": ("persons_active_count", "child"),
    "unknown_age": ("persons_active_count", "age_group:unknown"),
    "leavers": ("leavers_count", None),
    "stayers": ("stayers_count", None),
    "persons_in_households_without_children": ("persons_active_count", "without_children"),
    "persons_in_households_with_children_and_adults": ("persons_active_count", "with_children_and_adults"),
    "persons_in_households_with_only_children": ("persons_active_count", "with_only_children"),
    "persons_in_households_unknown_type": ("persons_active_count", "household_type:unknown"),
    "households_served": ("households_active_count", None),
    "households_without_children": ("households_active_count", "without_children"),
    "households_with_children_and_adults": ("households_active_count", "with_children_and_adults"),
    "households_with_only_children": ("households_active_count", "with_only_children"),
    "households_unknown_type": ("households_active_count", "household_type:unknown"),
    "avg_days_leavers": ("leaver_days_mean", None),
    "avg_days_stayers": ("stayer_days_mean", None),
    "median_days_leavers": ("leaver_days_median", None),
    "median_days_stayers": ("stayer_days_median", None),
    "exits_to_permanent": ("exits_count", "permanent"),
    "exits_to_temporary": ("exits_count", "temporary"),
    "exits_to_institutional": ("exits_count", "institutional"),
    "exits_to_other": ("exits_count", "other"),
    "exits_total": ("exits_count", None),
}

pytestmark = pytest.mark.skipif(not EXPORT.is_dir(), reason="shared/data/hmis_th is not beside the checkout")


@pytest.fixture(scope="module")
def hmis(tmp_path_factory: pytest.TempPathFactory) -> Build:
    root = tmp_path_factory.mktemp("hmis")
    expectations = root / "expectations"
    for part in ("datasets", "profiles"):
        target = expectations / part
        target.mkdir(parents=True)
        for path in (PROJECT_ROOT / "expectations" / part).glob("*.yml"):
            (target / path.name).write_bytes(path.read_bytes())
    (expectations / "findings.yml").write_bytes((PROJECT_ROOT / "expectations" / "findings.yml").read_bytes())
    initiative = yaml.safe_load((PROJECT_ROOT / "expectations" / "initiative.yml").read_text(encoding="utf-8"))
    federal_year = {"id": "fiscal_year_october", "start_month": 10, "name": {"en": "FY", "fr": "Exercice"}}
    initiative |= {"as_of": "2021-10-31", "first_month": "2020-10-01", "reporting_years": [federal_year]}
    (expectations / "initiative.yml").write_text(yaml.safe_dump(initiative, allow_unicode=True), encoding="utf-8")
    (expectations / "partners").mkdir()
    (expectations / "partners" / "hmis_th.yml").write_text(AGREEMENT, encoding="utf-8")
    settings = make_settings(root, expectations)
    (settings.raw / "hmis_th").mkdir()
    zip_export(settings.raw / "hmis_th" / "hmis_2021-09.zip")
    return Build(settings, run_dorsale(settings, "build", "--no-site"))


def zip_export(target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(EXPORT.glob("*.csv")):
            if path.name != "expected.csv":
                archive.write(path, path.name)


def test_every_official_figure_comes_out_of_the_warehouse(hmis: Build) -> None:
    expected = list(csv.DictReader((EXPORT / "expected.csv").open(encoding="utf-8")))
    assert {row["figure"] for row in expected} == set(FIGURES)
    with duckdb.connect(str(hmis.settings.warehouse), read_only=True) as warehouse:
        cells = warehouse.sql("""
            select indicator_id, breakdown_kind, breakdown_code, value from marts.fct_indicator_values
            where agency_id = 'hmis_th' and program_id is null and interval_kind = 'fiscal_year_october'
        """).fetchall()
    values = {
        (indicator, None if kind is None else code): value
        for indicator, kind, code, value in cells
        if code != "unknown"
    }
    values |= {(indicator, f"{kind}:{code}"): value for indicator, kind, code, value in cells if kind is not None}
    found = {row["figure"]: values[FIGURES[row["figure"]]] for row in expected}
    assert found == {row["figure"]: float(row["value"]) for row in expected}


def test_all_rows_of_the_export_are_accepted(hmis: Build) -> None:
    assert "74 rows in = 74 accepted + 0 quarantined" in hmis.output
