"""The demonstration's funders: each figure of their forms is the published one, and nothing else is in them."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dagster_project.settings import Settings
from tests.conftest import Build, make_settings, run_dorsale

FUNDERS = {
    "northern_family_fund": ("calendar_year", "2025"),
    "fonds_enfance_avenir": ("fiscal_year_april", "2025-2026"),
}
COLUMNS = {"zone": "zone_id", "agency": "agency_id", "program": "program_id"}


@pytest.fixture(scope="module")
def public_only(built: Build, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Roots where only what is published lies: a form needs no more, and can have no more."""
    settings = make_settings(tmp_path_factory.mktemp("public_only"))
    shutil.copytree(built.settings.published, settings.published)
    return settings


@pytest.mark.parametrize("funder_id", FUNDERS)
def test_every_figure_is_the_published_one(public_only: Settings, funder_id: str) -> None:
    run_dorsale(public_only, "report", funder_id)
    kind, year = FUNDERS[funder_id]
    path = public_only.reports / f"{funder_id}_{year}.csv"
    asked = yaml.safe_load((public_only.funders / f"{funder_id}.yml").read_text(encoding="utf-8"))
    form = asked["form"]
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=form.get("delimiter", ",")))
    header = rows[form.get("header_row", len(form.get("above", [])) + 1) - 1]
    place = {holds: header.index(name) for name, holds in form["columns"].items()}
    written = {(r[place["line"]], r[place["code"]]): r[place["figure"]] for r in rows if len(r) == len(header)}
    compared = 0
    for entry in asked["lines"]:
        for ours, theirs in entry.get("codes", {None: ""}).items():
            cell = published(public_only, kind, year, entry, ours)
            value = cell[entry.get("part", "value")]
            figure = written[entry["line"], theirs].replace(form.get("decimal_mark", "."), ".")
            if cell["suppression"] == "shown":
                assert float(figure) == value
            else:
                assert value is None
                assert figure == asked["hidden"] if cell["suppression"] == "hidden" else not figure.isdigit()
            compared += 1
    assert compared >= 10


def published(settings: Settings, kind: str, year: str, entry: dict[str, Any], code: str | None) -> dict[str, Any]:
    by = entry.get("by")
    cell = {column: entry.get(name) for name, column in COLUMNS.items()}
    cell |= {"breakdown_kind": None, "breakdown_code": None}
    cell |= {COLUMNS[by]: code} if by in COLUMNS else {"breakdown_kind": by, "breakdown_code": code}
    with duckdb.connect() as connection:
        found = connection.execute(
            f"""select v.* from '{settings.published}/indicator_values.parquet' as v
            join '{settings.published}/intervals.parquet' as i using (interval_kind, interval_start)
            where indicator_id = ? and interval_kind = ? and label_en = ?
              and {" and ".join(f"{name} is not distinct from ?" for name in cell)}""",
            [entry["indicator"], kind, year, *cell.values()],
        )
        rows: list[dict[str, Any]] = found.to_arrow_table().to_pylist()
    assert len(rows) == 1
    return rows[0]


def test_every_funder_of_the_demonstration_is_compared(public_only: Settings) -> None:
    assert {path.stem for path in Path(public_only.funders).glob("*.yml")} == set(FUNDERS)
