"""Detection: what a file is when no agreement says it.

Belongs here: reading a file for `dorsale read` and for onboarding, which both show what was understood. Stays out:
intake itself, which never guesses: it reads by the agreement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster_project.intake.reading import content_of
from dagster_project.intake.reading.archives import checked_zip
from dagster_project.intake.reading.cells import text_of
from dagster_project.intake.reading.dialects import detect_dialect
from dagster_project.intake.reading.encodings import guess_encoding, has_spoilt_letters
from dagster_project.intake.reading.records import Dialect, Record, read_records
from dagster_project.intake.reading.sheets import FaultyRow, Noticed, UnusableFileError, plain
from dagster_project.intake.reading.tables import TablePlace, find_table, header_names
from dagster_project.intake.reading.text import refuse_other_kinds
from dagster_project.intake.reading.workbooks import Workbook

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet before anybody says which row holds the headers; `encoding` and `dialect` of text files.

    `faults` gives, by row counted from 0, the rule that a row breaks.
    """

    sheet: str | None
    cells: list[list[str | None]]
    encoding: str | None = None
    dialect: Dialect | None = None
    faults: dict[int, str] | None = None
    noticed: tuple[Noticed, ...] = ()


@dataclass(frozen=True)
class FoundTable:
    """The first table of a file: its header and rows as they stand, what is faulty among them, what was noticed."""

    headers: list[str]
    rows: list[list[str]]
    faulty: list[FaultyRow]
    noticed: list[Noticed]


def read_any(path: Path, sheet: str | None = None) -> FoundTable:
    """The file's first table, or the named sheet's. Raises `UnusableFileError` when it cannot be read.

    An empty file is a table of nothing, and says so.
    """
    if path.stat().st_size == 0:
        return FoundTable([], [], [], [Noticed("empty_file")])
    grid = next((grid for grid in _grids(path, sheet) if any(any(row) for row in grid.cells)), None)
    return _table(grid) if grid else FoundTable([], [], [], [Noticed("empty_file")])


def read_grids(path: Path, sheet: str | None = None) -> list[Grid]:
    """All sheets of a file, or the named one. Raises `UnusableFileError`."""
    return list(_grids(path, sheet))


def _grids(path: Path, sheet: str | None) -> Iterator[Grid]:
    """The grids one by one, so that no more is read than is asked for; a named sheet that is missing is refused."""
    is_found = False
    for grid in _grids_present(path, sheet):
        is_found = True
        yield grid
    if sheet is not None and not is_found:
        raise UnusableFileError("missing_sheet", sheet)


def _grids_present(path: Path, sheet: str | None) -> Iterator[Grid]:
    content, suffix = content_of(path), path.suffix.lower()
    if suffix not in WORKBOOK_SUFFIXES and (content.startswith(b"PK") or suffix == ".zip"):
        archive = checked_zip(content)
        for name in archive.names:
            if sheet is None or plain(Path(name).name) == plain(sheet):
                yield text_grid(archive.read(name), Path(name).name)
    elif suffix in WORKBOOK_SUFFIXES:
        workbook = Workbook(content)
        for name in workbook.sheet_names:
            if sheet is None or plain(name) == plain(sheet):
                cells, noticed = workbook.grid(name)
                yield Grid(name, [[text_of(cell) for cell in row] for row in cells], noticed=tuple(noticed))
    else:
        refuse_other_kinds(content)
        yield text_grid(content, None)


def text_grid(content: bytes, name: str | None) -> Grid:
    """The cells of a text in its likeliest encoding and dialect, read again by the width of the table in it."""
    encoding, certainty = guess_encoding(content)
    text = content.decode(encoding, errors="replace").removeprefix("\ufeff")
    noticed = [Noticed("encoding_guessed")] if certainty == "guessed" else []
    if has_spoilt_letters(content, encoding):
        noticed.append(Noticed("spoilt_letters"))
    if not any(letter.isprintable() and not letter.isspace() for letter in text):
        return Grid(name, [], encoding)
    dialect, stands_out = detect_dialect(text)
    if not stands_out:
        noticed.append(Noticed("dialect_guessed"))
    records = list(read_records(text, dialect))
    rows = [record.cells for record in records]
    if not any(cell.strip() for row in rows for cell in row):
        # Delimiters and nothing between them.
        return Grid(name, [], encoding)
    width = find_table(rows).width
    records = list(read_records(text, dialect, width))
    cells: list[list[Any]] = [record.cells for record in records]
    return Grid(name, cells, encoding, dialect, _faults(records), tuple(noticed))


def _faults(records: list[Record]) -> dict[int, str]:
    return {n: record.fault for n, record in enumerate(records) if record.fault and any(map(str.strip, record.cells))}


def _table(grid: Grid) -> FoundTable:
    rows = [[(cell or "").strip() for cell in row] for row in grid.cells]
    place = find_table(rows)
    faults = grid.faults or {}
    noticed = [*grid.noticed, *_noticed(rows, place)]
    if grid.dialect is None:
        # A workbook's rows all span the sheet: what lies right of the table is blank.
        rows = [row[: place.width] for row in rows]
    body = [(n, row) for n, row in enumerate(rows[place.first : place.end], place.first) if any(row)]
    faulty = [FaultyRow(n + 1, faults[n], tuple(row)) for n, row in body if n in faults]
    if not body:
        noticed.append(Noticed("no_rows"))
    return FoundTable(header_names(rows, place), [row for _, row in body], faulty, noticed)


def _noticed(rows: list[list[str]], place: TablePlace) -> Iterator[Noticed]:
    if place.header == place.first:
        yield Noticed("no_header", place.header + 1)
    if any(any(row) for row in rows[: place.header]):
        yield Noticed("rows_above_header", place.header + 1)
    elif len(rows[place.header]) != place.width:
        yield Noticed("header_uneven", place.header + 1)
    if place.first - place.header > 1:
        yield Noticed("header_over_rows", place.header + 1)
    if any(any(row) for row in rows[place.end :]):
        yield Noticed("rows_after_table", place.end + 1)
