"""What a map of a funder's form says: lines, columns, and the published figures that they name.

Belongs here: the types, and which rows an entry stands for. Stays out: loading (funders.py) and checking
(funder_checks.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from dagster_project.contracts.datasets import Words

# The name of the sheet of notes, in both languages.
NOTES_SHEET = "Notes"
# What a line may be broken down by, besides the breakdowns of its indicator, and the column of a cell that it fixes.
SLICES = {"agency": "agency_id", "program": "program_id", "zone": "zone_id"}


class CellKey(NamedTuple):
    """A figure of a year; None means all."""

    indicator_id: str
    agency_id: str | None = None
    program_id: str | None = None
    zone_id: str | None = None
    breakdown_kind: str | None = None
    breakdown_code: str | None = None


@dataclass(frozen=True)
class PublishedCatalogue:
    """What is published and may be asked for: `cells` of each kind of year, `years` from the earliest to the latest.

    `measure_kinds` are those of the indicators; `slices` the ids of agencies, programmes and zones.
    """

    measure_kinds: dict[str, str]
    slices: dict[str, frozenset[str]]
    years: dict[str, tuple[str, ...]]
    cells: dict[str, frozenset[CellKey]]


@dataclass(frozen=True)
class FormLine:
    """One row of the form: the funder's codes and words, and the figure that goes there."""

    line: str
    label: str
    code: str
    part: str
    key: CellKey


@dataclass(frozen=True)
class Form:
    """How the form looks: `columns` are its headers and what each holds; `template` a file with its own rows."""

    columns: dict[str, str]
    sheet: str
    above: tuple[str, ...]
    template: Path | None
    header_row: int
    delimiter: str
    decimal_mark: str


@dataclass(frozen=True)
class Funder:
    """A funder's form. `left_out` are the codes, zones, agencies and programmes to which no line of the form
    belongs, of those by which it has lines."""

    funder_id: str
    name: Words
    language: str
    year_kind: str
    year: str
    hidden: str
    provisional: str
    missing: dict[str, str]
    form: Form
    lines: tuple[FormLine, ...]
    left_out: tuple[CellKey, ...]


def rows_of(entry: dict[str, Any]) -> Iterator[FormLine]:
    """The rows of the form that one entry of `lines` stands for: one, or one for each of its codes."""
    fixed = {column: entry.get(name) for name, column in SLICES.items()}
    part, by = entry.get("part", "value"), entry.get("by")
    if by is None:
        key = CellKey(entry["indicator"], **fixed)
        yield FormLine(entry["line"], entry["label"], entry.get("code", ""), part, key)
    for ours, theirs in entry.get("codes", {}).items():
        sliced = {SLICES[by]: ours} if by in SLICES else {"breakdown_kind": by, "breakdown_code": ours}
        yield FormLine(entry["line"], entry["label"], theirs, part, CellKey(entry["indicator"], **{**fixed, **sliced}))


def same_but(cell: CellKey, other: CellKey, column: str) -> bool:
    """Whether two cells differ in `column` alone, if at all; the first is not of all there."""
    pairs = zip(CellKey._fields, cell, other, strict=True)
    return all((own is not None) if name == column else own == asked for name, own, asked in pairs)
