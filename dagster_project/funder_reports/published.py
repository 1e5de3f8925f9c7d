"""What is published, read as a funder's form needs it.

Belongs here: the only reading of `data/published` for a report. Stays out: any other place; nothing hidden can be here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.contracts.funder_forms import SLICES, CellKey, PublishedCatalogue
from dagster_project.whole_files import quoted

Row = dict[str, Any]
TABLES = ("indicator_values", "indicators", "intervals", "labels", "publication", "disclosure_rules")
NAMED = {"agency": "agencies", "program": "programs", "zone": "zones"}
NOT_YEARS = ("month", "quarter", "wave", "all_waves")


class NothingPublishedError(Exception):
    """Nothing is built or published yet."""


@dataclass(frozen=True)
class Publication:
    """What the published tables say; `intervals` by kind and label, `labels` by kind and code,
    `rules` of what is hidden by whose privacy it touches."""

    folder: Path
    about: Row
    indicators: dict[str, Row]
    intervals: dict[tuple[str, str], Row]
    labels: dict[tuple[str, str], Row]
    rules: dict[str, Row]
    catalogue: PublishedCatalogue

    def cells(self, year_kind: str, year: str) -> dict[CellKey, Row]:
        """The figures of one year."""
        start = self.intervals[year_kind, year]["interval_start"]
        where = "where interval_kind = ? and interval_start = ?"
        rows = _rows(self.folder, "indicator_values", where, [year_kind, start])
        return {CellKey(*(row[name] for name in CellKey._fields)): row for row in rows}


def read_publication(folder: Path) -> Publication:
    """Read the published tables. Raises `NothingPublishedError`."""
    if not all((folder / f"{name}.parquet").is_file() for name in (*TABLES, *NAMED.values())):
        raise NothingPublishedError
    intervals = [row for row in _rows(folder, "intervals") if row["interval_kind"] not in NOT_YEARS]
    indicators = {row["indicator_id"]: row for row in _rows(folder, "indicators")}
    years: dict[str, list[str]] = {}
    for row in sorted(intervals, key=lambda row: row["interval_start"]):
        years.setdefault(row["interval_kind"], []).append(row["label_en"])
    labels = {(row["kind"], row["code"]): row for row in _rows(folder, "labels")}
    for name, table in NAMED.items():
        for row in _rows(folder, table):
            labels[name, row[f"{name}_id"]] = {"label_en": row["name_en"], "label_fr": row["name_fr"]}
    cells = {kind: _keys(folder, kind) for kind in years}
    return Publication(
        folder=folder,
        about=_rows(folder, "publication")[0],
        indicators=indicators,
        intervals={(row["interval_kind"], row["label_en"]): row for row in intervals},
        labels=labels,
        rules={row["disclosure_class"]: row for row in _rows(folder, "disclosure_rules")},
        catalogue=PublishedCatalogue(
            measure_kinds={name: row["measure_kind"] for name, row in indicators.items()},
            slices={
                name: frozenset(code for found in cells.values() for cell in found if (code := getattr(cell, column)))
                for name, column in SLICES.items()
            },
            years={kind: tuple(found) for kind, found in years.items()},
            cells=cells,
        ),
    )


def _keys(folder: Path, year_kind: str) -> frozenset[CellKey]:
    rows = _rows(folder, "indicator_values", "where interval_kind = ?", [year_kind])
    return frozenset(CellKey(*(row[name] for name in CellKey._fields)) for row in rows)


def _rows(folder: Path, table: str, where: str = "", values: list[Any] | None = None) -> list[Row]:
    with duckdb.connect() as connection:
        found = connection.execute(f"from {quoted(folder / f'{table}.parquet')} {where}", values or [])
        rows: list[Row] = found.to_arrow_table().to_pylist()
    return rows
