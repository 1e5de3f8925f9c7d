"""Sheets: what reading gives, of whatever kind the file is.

Belongs here: the shape of a read sheet, and what is done alike with every kind: blanks, blank rows, totals. Stays out:
opening files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

# Longer than a spreadsheet's cell can be: what holds more is no cell of a table.
MOST_LETTERS = 32_767
# More than any partner's month, less than a machine's memory; and what a sheet may span around few cells: one stray
# cell in the last row of sixteen columns.
MOST_CELLS = 50_000_000
MOST_SPARSE_CELLS, SPARSE = 17_000_000, 20
MOST_COLUMNS = 2_000

CONTROL = "control_characters"
TOO_LONG = "cell_too_long"
TOTALS = "totals_row"
_TOTALS = r"(?i)^(total|totals|totaux)( g[eé]n[eé]ral)?[ \x{00a0}]*:?$"
_CONTROL = r"[\x00-\x08\x0e-\x1f\x7f]"
_CONTROL_BYTES = bytes([*range(9), *range(14, 32), 127])


class UnusableFileError(Exception):
    """The file or a sheet of it cannot be read; `rule_id` is a key of expectations/findings.yml."""

    def __init__(self, rule_id: str, sheet: str | None = None, row: int | None = None):
        self.rule_id = rule_id
        self.sheet = sheet
        self.row = row
        super().__init__(rule_id)

    def __reduce__(self) -> tuple[type[UnusableFileError], tuple[str, str | None, int | None]]:
        return UnusableFileError, (self.rule_id, self.sheet, self.row)


@dataclass(frozen=True)
class FaultyRow:
    """A row that cannot be used as it stands: its number, the rule it breaks and its cells as far as they are read."""

    number: int
    rule_id: str
    cells: tuple[str | None, ...]


@dataclass(frozen=True)
class Noticed:
    """What reading noticed of a sheet as a whole, or of one of its rows, without setting anything aside."""

    rule_id: str
    row: int | None = None


@dataclass(frozen=True)
class Sheet:
    """One table of a file.

    `rows` holds text columns c0, c1, ... under `headers`, `_row_number` (as a spreadsheet shows it) and `_fault` (the
    rule that a faulty row breaks: all its cells are null, and what they are stands in `faulty`). Blank rows, totals
    and headers that stand again are left out.
    """

    headers: list[str]
    rows: pa.Table
    faulty: tuple[FaultyRow, ...] = ()
    noticed: tuple[Noticed, ...] = ()

    def column_of(self, header: str) -> str | None:
        """The text column under a header; case and blanks around and within it do not matter."""
        wanted = plain(header)
        return next((f"c{n}" for n, known in enumerate(self.headers) if plain(known) == wanted), None)


def reaches_too_far(spanned: int, present: int) -> bool:
    """Whether the rectangle that a sheet spans, around the cells present in it, asks for too much memory."""
    return spanned > MOST_CELLS or spanned > max(MOST_SPARSE_CELLS, SPARSE * present)


def plain(header: str) -> str:
    """A header without what people do not see: case, blanks, the way accents are stored."""
    return " ".join(unicodedata.normalize("NFC", header).split()).casefold()


def sheet_of_columns(
    headers: Sequence[str],
    columns: Sequence[pa.Array | pa.ChunkedArray],
    positions: pa.Array,
    faulty: Iterable[FaultyRow] = (),
    noticed: Iterable[Noticed] = (),
    totals_label: str | None = None,
) -> Sheet:
    """Put the parts together: trim cells, leave out blank rows and totals, add the faulty rows with no cells.

    `positions` are the row numbers of the columns' rows; the faulty rows are not among them.
    """
    cells = [_trimmed(column) for column in columns]
    names = [f"c{n}" for n in range(len(headers))]
    rows = pa.table([*cells, positions.cast(pa.int64())], names=[*names, "_row_number"])
    first_filled = pc.coalesce(*cells, pa.scalar(None, pa.string()))
    keep = pc.is_valid(first_filled)
    if totals_label:
        # 'Total' and 'Total :' are totals, a family called Totaliz is not.
        total = pc.match_substring_regex(first_filled, f"(?i)^{re.escape(totals_label)}($|[^\\p{{L}}])")
        keep = pc.and_(keep, pc.invert(pc.fill_null(total, False)))
    rows = rows.filter(keep)
    rows, totals = _set_totals_aside(rows, first_filled.filter(keep)) if not totals_label else (rows, [])
    rows, again = _without_headers_again(rows, headers)
    rows, spoilt = _set_spoilt_aside(rows, names)
    every_fault = (*faulty, *totals, *spoilt)
    rows = rows.append_column("_fault", pa.nulls(rows.num_rows, pa.string()))
    if every_fault:
        rows = pa.concat_tables([rows, _faulty_rows(every_fault, names).cast(rows.schema)]).sort_by("_row_number")
    return Sheet(list(headers), rows.combine_chunks(), every_fault, (*noticed, *again))


def _set_totals_aside(rows: pa.Table, first_filled: pa.ChunkedArray) -> tuple[pa.Table, list[FaultyRow]]:
    """A row that is plainly of totals, where none was agreed upon, is no row; it is told, for it could be one."""
    if not rows.num_rows or not pc.any(pc.starts_with(pc.utf8_lower(first_filled), "total")).as_py():
        return rows, []
    is_total = pc.fill_null(pc.match_substring_regex(first_filled, _TOTALS), False)
    faulty = [
        FaultyRow(row.pop("_row_number"), TOTALS, tuple(row.values())) for row in rows.filter(is_total).to_pylist()
    ]
    return rows.filter(pc.invert(is_total)), faulty


def _trimmed(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _without_headers_again(rows: pa.Table, headers: Sequence[str]) -> tuple[pa.Table, list[Noticed]]:
    """Headers that a report repeats on every page are no rows."""
    named = [(f"c{n}", header.strip()) for n, header in enumerate(headers) if header.strip()]
    if len(named) < 2 or rows.num_rows == 0:
        return rows, []
    is_header = None
    for column, header in named:
        equal = pc.fill_null(pc.equal(rows[column], header), False)
        is_header = equal if is_header is None else pc.and_(is_header, equal)
        if not pc.any(is_header).as_py():
            return rows, []
    numbers = rows.filter(is_header)["_row_number"].to_pylist()
    return rows.filter(pc.invert(is_header)), [Noticed("header_again", number) for number in numbers]


def _set_spoilt_aside(rows: pa.Table, names: Sequence[str]) -> tuple[pa.Table, list[FaultyRow]]:
    """Rows with characters that no keyboard has, or with a cell that no spreadsheet could hold, are faulty."""
    for rule_id, is_spoilt in ((CONTROL, _has_control), (TOO_LONG, _is_too_long)):
        found = None
        for name in names:
            if rows.num_rows and is_spoilt(rows[name]):
                spoilt = _spoilt_mask(rows[name], rule_id)
                found = spoilt if found is None else pc.or_(found, spoilt)
        if found is not None and pc.any(found).as_py():
            faulty = [
                FaultyRow(row.pop("_row_number"), rule_id, tuple(row.values()))
                for row in rows.filter(found).to_pylist()
            ]
            rest, others = _set_spoilt_aside(rows.filter(pc.invert(found)), names)
            return rest, [*faulty, *others]
    return rows, []


def _has_control(column: pa.ChunkedArray) -> bool:
    return any(
        len(letters) != len(letters.translate(None, _CONTROL_BYTES))
        for chunk in column.chunks
        for letters in [chunk.buffers()[2].to_pybytes() if chunk.buffers()[2] else b""]
    ) and bool(pc.any(pc.match_substring_regex(column, _CONTROL)).as_py())


def _is_too_long(column: pa.ChunkedArray) -> bool:
    return (pc.max(pc.binary_length(column)).as_py() or 0) > MOST_LETTERS and bool(
        pc.any(pc.greater(pc.utf8_length(column), MOST_LETTERS)).as_py()
    )


def has_control(cell: str) -> bool:
    """Whether a cell holds characters that no keyboard has."""
    return re.search(_CONTROL, cell) is not None


def _spoilt_mask(column: pa.ChunkedArray, rule_id: str) -> pa.ChunkedArray:
    if rule_id == CONTROL:
        return pc.fill_null(pc.match_substring_regex(column, _CONTROL), False)
    return pc.fill_null(pc.greater(pc.utf8_length(column), MOST_LETTERS), False)


def _faulty_rows(faulty: Sequence[FaultyRow], names: Sequence[str]) -> pa.Table:
    empty = {name: pa.nulls(len(faulty), pa.string()) for name in names}
    numbers = pa.array([row.number for row in faulty], pa.int64())
    return pa.table({**empty, "_row_number": numbers, "_fault": pa.array([row.rule_id for row in faulty], pa.string())})
