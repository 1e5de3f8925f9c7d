"""Tables: where in a sheet's rows the first table stands, when no agreement says it.

Belongs here: titles above, headers over several rows, what follows the table. Stays out: what the columns mean.
Pure: rows of text in, places out.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

# Rows that are looked at to tell what a column holds, and rows that a title or a header may take.
_ROWS_LOOKED_AT, _MOST_TITLES, _MOST_HEADERS = 400, 40, 4
# Rows of one width, one after the other, that make a table of that width.
_LONG_RUN = 50
_TYPED = re.compile(
    r"\s*[+-]?[$€£]?\s?(?=[\d.,])\d*[.,:/\-h \u00a0\d]*\d*\s?[%$€£]?(?:[eE][+-]?\d+)?(?:\s?[apAP]\.?[mM]\.?)?\s*"
)

_YEAR = re.compile(r"\s*(19|20)\d\d\s*")

Row = Sequence[str | None]


@dataclass(frozen=True)
class TablePlace:
    """Rows of a table, counted from 0: its header rows [header, first), its rows [first, end), its width.

    Without a header `first` is `header`.
    """

    header: int
    first: int
    end: int
    width: int


def find_table(rows: Sequence[Row]) -> TablePlace:
    """The first table of a sheet. Raises `ValueError` when no row holds anything."""
    filled = [_filled(row) for row in rows]
    if not any(filled):
        raise ValueError("no row holds anything")
    width = _width(rows, filled)
    header = _first_row(rows, filled, width)
    first = _first_data_row(rows, header, width)
    return TablePlace(header, first, _end(rows, filled, header, first, width), width)


def header_names(rows: Sequence[Row], place: TablePlace) -> list[str]:
    """One name for each column: the header rows' words, one after the other; made-up names where no row has any."""
    if place.header == place.first:
        return [f"col_{column}" for column in range(place.width)]
    header = [[(cell or "").strip() for cell in row] for row in rows[place.header : place.first]]
    # A header with a cell too many keeps it: which one is too many, nobody can tell.
    width = max(place.width, *(len(row) for row in header))
    header = [row + [""] * (width - len(row)) for row in header]
    for upper, lower in itertools.pairwise(header):
        for column in range(1, width):
            # A word over several columns stands in the first of them.
            if not upper[column] and lower[column]:
                upper[column] = upper[column - 1]
    return [" ".join(row[column] for row in header if row[column]) for column in range(width)]


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def _width(rows: Sequence[Row], filled: list[int]) -> int:
    """Cells of the commonest row; of a table that stands first and is long, whatever follows it."""
    lengths = [len(row) for row, count in zip(rows[:_ROWS_LOOKED_AT], filled, strict=False) if count]
    run = 0
    for before, length in itertools.pairwise(lengths):
        run = run + 1 if length == before > 1 else 0
        if run >= _LONG_RUN:
            return length
    widths = Counter(lengths)
    # Of two that are as common, the wider: titles are narrow.
    return max(widths, key=lambda width: (widths[width] * (1 if width > 1 else 0.5), width))


def _first_row(rows: Sequence[Row], filled: list[int], width: int) -> int:
    """The header's row: the first that is nearly as wide and as full as the table is."""
    begin = next(n for n, count in enumerate(filled) if count)
    if width < 2:
        return begin
    usual = sorted(count for count in filled[begin : begin + _ROWS_LOOKED_AT] if count)
    median = usual[len(usual) // 2]
    for n in range(begin, min(begin + _MOST_TITLES, len(rows))):
        if filled[n] >= max(2, median * 0.5) and len(rows[n]) >= min(width, max(2, median)) * 0.5:
            return n
    return begin


def _first_data_row(rows: Sequence[Row], header: int, width: int) -> int:
    """The row after the header rows: those in which no column that holds numbers or dates holds one."""
    body = rows[header + 1 : header + 1 + _ROWS_LOOKED_AT]
    typed = [column for column in range(width) if _is_typed(body, column)]
    if len(typed) >= 2 and _is_data(rows[header], typed, body):
        return header
    if len(typed) < 2 or not _is_header(rows[header], typed):
        return header + 1
    first = header + 1
    while first < min(header + _MOST_HEADERS, len(rows) - 1) and (
        _is_header(rows[first], typed) or _completes(rows[first], rows[first - 1], typed)
    ):
        first += 1
    return first


def _completes(row: Row, upper: Row, typed: list[int]) -> bool:
    """Whether a row goes on with the header above it: words, some below its gaps, and blanks below its other words."""
    places = [column for column, cell in enumerate(row) if cell and cell.strip()]
    if not places or any(_TYPED.fullmatch(str(row[column])) for column in places if column in typed):
        return False
    gaps = [column for column in places if column < len(upper) and not (upper[column] or "").strip()]
    blanks = [column for column, cell in enumerate(upper) if (cell or "").strip() and column not in places]
    return bool(gaps) and bool(blanks) and not any(_TYPED.fullmatch(str(row[column])) for column in gaps)


def _is_data(row: Row, typed: list[int], body: Sequence[Row]) -> bool:
    """Whether the first row is no header: it holds numbers or dates wherever the others do, and not only years."""
    cells = [str(row[column]) for column in typed if column < len(row) and (row[column] or "").strip()]
    if len(cells) * 10 < len(typed) * 9 or not all(_TYPED.fullmatch(cell) for cell in cells):
        return False
    others = [str(line[typed[-1]]) for line in body if typed[-1] < len(line)]
    is_years = all(_YEAR.fullmatch(cell) for cell in cells) and not all(_YEAR.fullmatch(cell) for cell in others)
    return not is_years and (len(typed) == len([cell for cell in row if (cell or "").strip()]) or len(typed) >= 3)


def _is_typed(body: Sequence[Row], column: int) -> bool:
    cells = [row[column] for row in body if column < len(row) and row[column] and str(row[column]).strip()]
    return len(cells) >= 2 and sum(1 for cell in cells if _TYPED.fullmatch(str(cell))) >= 0.8 * len(cells)


def _is_header(row: Row, typed: list[int]) -> bool:
    """Whether the row names columns: words over most of those that hold numbers, and a number over none."""
    cells = [row[column] for column in typed if column < len(row)]
    named = [cell for cell in cells if cell and cell.strip()]
    return len(named) * 2 >= len(typed) and not any(_TYPED.fullmatch(cell) for cell in named)


def _end(rows: Sequence[Row], filled: list[int], header: int, first: int, width: int) -> int:
    """The row after the table's last: where, after it, the rows take another shape."""
    return next((n for n in range(first, len(rows)) if _begins_another(rows, filled, n, first, width)), len(rows))


def _begins_another(rows: Sequence[Row], filled: list[int], n: int, first: int, width: int) -> bool:
    """Whether a row is the header of another table: of another width, and so are the rows after it."""
    other = len(rows[n])
    if n <= first or other == width or filled[n] < 2 or n + 2 > len(rows):
        return False
    following = [row for row, count in zip(rows[n + 1 : n + 6], filled[n + 1 : n + 6], strict=False) if count]
    return len(following) >= min(3, len(rows) - n - 1) > 0 and all(len(row) == other for row in following)


def _plain(cell: str | None) -> str:
    return " ".join((cell or "").split()).casefold()
