"""Tables: what an example file holds: its sheets, the headers and rows of each, where titles and totals stand.

Belongs here: finding tables in grids. Stays out: what headers and values mean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from dagster_project.intake.detection import WORKBOOK_SUFFIXES, Grid, read_grids
from dagster_project.intake.reading.pool import read_apart
from dagster_project.intake.reading.tables import find_table

_TOTALS = re.compile(r"(?i)(grand total|total général|sous-total|subtotal|totals?|totaux|sommes?|sum)(?=$|[^\w])")
_WORDS_ONLY = re.compile(r"[^\W\d_][^\d]*")
# Rows from the end in which totals are looked for.
_TOTALS_AMONG_LAST = 4


@dataclass(frozen=True)
class ExampleTable:
    """One table of one file. `header_row` counts from 1; `names` are the headers with the words of rows above them.

    `others` are the rows, counted from 1, where further tables of the same sheet begin.
    """

    file: Path
    kind: str
    sheet: str | None
    header_row: int
    headers: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    totals_label: str | None = None
    others: tuple[int, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None

    def values(self, header: str) -> list[str]:
        """What stands below a header, without the blanks."""
        column = self.headers.index(header)
        return [row[column] or "" for row in self.rows if column < len(row) and row[column]]


def tables_of(path: Path) -> list[ExampleTable]:
    """The first table of each sheet or member. Raises `UnusableFileError` when the file cannot be read."""
    kind = "workbook" if path.suffix.lower() in WORKBOOK_SUFFIXES else "text"
    if path.suffix.lower() == ".zip":
        kind = "zip"
    return [table for grid in read_apart(read_grids, path) if (table := _table(path, kind, grid)) is not None]


def _table(path: Path, kind: str, grid: Grid) -> ExampleTable | None:
    cells = [[(cell or "").strip() or None for cell in row] for row in grid.cells]
    if not any(any(row) for row in cells):
        return None
    place = find_table(cells)
    first = _first_data_row(cells, max(place.first, place.header + 1))
    header_rows = cells[place.header : first]
    width = max(len(row) for row in header_rows)
    # Of several header rows the last is what intake reads; the words above it help to understand it.
    headers = _padded(header_rows[-1], width)
    others = _other_tables(cells, first, place.end)
    body = cells[first : others[0] if others else place.end]
    rows, totals_label = _without_totals([row for row in body if any(row)])
    dialect = grid.dialect
    return ExampleTable(
        file=path,
        kind=kind,
        sheet=grid.sheet,
        header_row=first,
        headers=tuple(headers),
        names=tuple(_joined(header_rows, width)),
        rows=tuple(tuple(row) for row in rows),
        totals_label=totals_label,
        others=tuple(n + 1 for n in others),
        encoding=grid.encoding,
        delimiter=dialect.delimiter if dialect else None,
        quote=dialect.quote if dialect else None,
    )


def _first_data_row(cells: Sequence[Sequence[str | None]], first: int) -> int:
    """After a header row with gaps, a row of nothing but words that fills them is a header too."""
    while first + 1 < len(cells):
        upper, row, below = cells[first - 1], cells[first], [cell for cell in cells[first + 1] if cell]
        words = [cell for cell in row if cell]
        fills = any(cell and n < len(upper) and not upper[n] for n, cell in enumerate(row))
        is_header = len(words) > len([cell for cell in upper if cell]) and all(map(_WORDS_ONLY.fullmatch, words))
        if not (fills and is_header and any(not _WORDS_ONLY.fullmatch(cell) for cell in below)):
            break
        first += 1
    return first


def _padded(row: Sequence[str | None], width: int) -> list[str]:
    return [cell or "" for cell in row] + [""] * (width - len(row))


def _joined(header_rows: Sequence[Sequence[str | None]], width: int) -> list[str]:
    """The words of all header rows, one below the other; a word over several columns stands in the first of them."""
    rows = [_padded(row, width) for row in header_rows]
    for upper, lower in pairwise(rows):
        for column in range(1, width):
            if not upper[column] and lower[column]:
                upper[column] = upper[column - 1]
    return [" ".join(row[column] for row in rows if row[column]) for column in range(width)]


def _other_tables(cells: Sequence[Sequence[str | None]], first: int, end: int) -> list[int]:
    """Rows that head another table: after a blank row, several words and no figure, over rows that hold figures."""
    found = [] if end >= len(cells) else [end]
    for n in range(first + 1, min(end, len(cells) - 1)):
        words = [cell for cell in cells[n] if cell]
        below = [cell for cell in cells[n + 1] if cell]
        is_header = len(words) >= 2 and all(_WORDS_ONLY.fullmatch(word) for word in words)
        if is_header and not any(cells[n - 1]) and any(not _WORDS_ONLY.fullmatch(cell) for cell in below):
            found.append(n)
    return sorted(found)


def _without_totals(rows: list[list[str | None]]) -> tuple[list[list[str | None]], str | None]:
    """The rows without totals at their end, and the word by which those begin."""
    for n in range(max(0, len(rows) - _TOTALS_AMONG_LAST), len(rows)):
        first = next((cell for cell in rows[n] if cell), "")
        found = _TOTALS.match(first)
        if found:
            return rows[:n], found[0]
    return rows, None
