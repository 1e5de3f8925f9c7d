"""Sheets: the agency's own cells come back at their places, with the bad ones filled and a comment on each.

Belongs here: marking. Stays out: which findings there are, and the sheets in front (workbook).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.contracts import FileKind
from dagster_project.feedback.cells import Formats, write_text
from dagster_project.feedback.findings import SEVERITY_ORDER, PlacedFinding
from dagster_project.intake.mapping import headers_of
from dagster_project.intake.reading import Sheet, SheetReader, UnusableFileError

# Of a larger sheet only the rows with findings come back: a return is to be read by a person.
MOST_CELLS = 400_000
# More comments would make the workbook slow to open; the fills and the list of findings stay whole.
MOST_COMMENTS = 2_000


@dataclass
class Marks:
    """What is wrong in one sheet: by row and column of cells, and by row as a whole."""

    cells: dict[tuple[int, int], list[PlacedFinding]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[int, list[PlacedFinding]] = field(default_factory=lambda: defaultdict(list))

    @property
    def marked_rows(self) -> set[int]:
        return set(self.rows) | {row for row, _ in self.cells}


@dataclass(frozen=True)
class MarkedSheet:
    """One sheet of the agency to be written; `is_whole` says whether all its rows come back."""

    name: str | None
    sheet: Sheet
    rows: pa.Table
    marks: Marks
    header_row: int
    is_whole: bool


def marked_sheets(open_sheet: SheetReader, kind: FileKind, findings: Iterable[PlacedFinding]) -> Iterator[MarkedSheet]:
    """The sheets of a file that its agreement names, in their order; one that cannot be read is left out."""
    wanted = dict.fromkeys(name for extract in kind.extracts for name in (extract.sheet, extract.join_sheet))
    if kind.kind != "text":
        wanted.pop(None, None)
    listed = list(findings)
    for name in wanted:
        try:
            sheet = open_sheet(name)
        except UnusableFileError:
            continue
        marks = _marks(sheet, name, kind, listed)
        is_whole = sheet.rows.num_rows * len(sheet.headers) <= MOST_CELLS
        rows = sheet.rows
        if not is_whole:
            rows = rows.filter(pc.is_in(rows["_row_number"], pa.array(sorted(marks.marked_rows), pa.int64())))
        yield MarkedSheet(name, sheet, rows, marks, kind.header_row, is_whole)


def _marks(sheet: Sheet, name: str | None, kind: FileKind, findings: list[PlacedFinding]) -> Marks:
    marks = Marks()
    for found in findings:
        extract = kind.extracts[found.extract_number] if found.extract_number is not None else None
        place = extract.sheet if extract else found.shown.sheet or None
        if place != name or (extract is None and found.shown.row is None):
            continue
        # A finding on a column as a whole is told at its header, or beside where it should be.
        row = found.shown.row or kind.header_row
        source = extract.columns.get(found.name) if extract and found.name else found.shown.column or None
        columns = [sheet.column_of(header) for header in headers_of(source)]
        numbers = [int(column[1:]) for column in columns if column is not None]
        for number in numbers:
            marks.cells[(row, number)].append(found)
        if not numbers:
            marks.rows[row].append(found)
    return marks


def write_marked_sheet(target: Any, marked: MarkedSheet, formats: Formats) -> None:
    """Write the cells at their places, so that the row numbers are those of the agency's file."""
    width = len(marked.sheet.headers)
    target.freeze_panes(marked.header_row, 0)
    target.set_column(0, max(width - 1, 0), 18)
    # A text that looks like a number is meant: no green corner.
    target.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    _write_row(target, marked, marked.header_row, marked.sheet.headers, formats, formats.header)
    # Of a row that could not be read as it stands, its cells as far as they are read.
    faulty = {row.number: row.cells for row in marked.sheet.faulty}
    names = [f"c{n}" for n in range(width)]
    for batch in marked.rows.select([*names, "_row_number"]).to_batches(max_chunksize=10_000):
        columns = [column.to_pylist() for column in batch.columns]
        for *values, row in zip(*columns, strict=True):
            _write_row(target, marked, row, faulty.get(row, values), formats, formats.text)
    _write_comments(target, marked.marks)


def _write_row(
    target: Any, marked: MarkedSheet, row: int, values: Sequence[str | None], formats: Formats, plain: Any
) -> None:
    whole = marked.marks.rows.get(row)
    look = formats.bad_row[_gravest(whole)] if whole else plain
    for column, value in enumerate(values):
        bad = marked.marks.cells.get((row, column))
        cell_look = formats.bad_cell[_gravest(bad)] if bad else look
        if value:
            write_text(target, row - 1, column, value, cell_look)
        elif cell_look is not plain:
            target.write_blank(row - 1, column, None, cell_look)


def _gravest(findings: list[PlacedFinding]) -> str:
    return min((found.shown.severity for found in findings), key=SEVERITY_ORDER.index)


def _write_comments(target: Any, marks: Marks) -> None:
    """A row's comment stands on its first cell, together with what is wrong with that cell itself."""
    places = {(row, 0): list(found) for row, found in marks.rows.items()}
    for place, found in marks.cells.items():
        places[place] = places.get(place, []) + found
    for row, column in sorted(places)[:MOST_COMMENTS]:
        text = "\n\n".join(dict.fromkeys(comment_of(found) for found in places[(row, column)]))
        size = {"width": 340, "height": 40 + 18 * (len(text) // 48 + text.count("\n") + 1)}
        target.write_comment(row - 1, column, text, size)


def comment_of(found: PlacedFinding) -> str:
    return " ".join(part for part in (found.shown.message, found.shown.remedy, found.proposal) if part)
