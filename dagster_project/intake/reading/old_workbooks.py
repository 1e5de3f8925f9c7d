"""Old workbooks (XLS): how far their sheets reach, before anything is read.

Belongs here: the walk over the records of an XLS. Stays out: reading cells. The library that reads them lays out the
whole rectangle that a sheet's cells span, makes room for as many cells and texts as the file says that it has, and does
so for all sheets at once: one damaged byte asks for more memory than there is.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import olefile

from dagster_project.intake.reading.sheets import UnusableFileError, reaches_too_far

# Records that hold cells begin with the row and the column; two kinds give a last column at their end ([MS-XLS] 2.3.1).
_CELLS = frozenset((0x02, 0x03, 0x04, 0x05, 0x06, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E))
_CELLS_OVER_COLUMNS = frozenset((0xBD, 0xBE))
_SHEET, _TEXTS, _DIMENSIONS, _END = 0x85, 0xFC, 0x200, 0x0A
# A record of dimensions by its size: the first row and the one after the last, the columns alike.
_RANGE = {10: "<HHHH", 14: "<IIHH"}
# The format has no more.
MOST_ROWS, MOST_COLUMNS = 65_536, 256


def refuse_harm(content: bytes) -> None:
    """Raises `UnusableFileError` for a damaged container or record, and for sheets that reach too far."""
    stream = _workbook_stream(content)
    begins = []
    for kind, place, size in _records(stream, 0):
        if kind == _SHEET and size >= 4:
            begins.append(struct.unpack_from("<I", stream, place)[0])
        elif kind == _TEXTS and size >= 8:
            # Each text takes three bytes at least.
            _refuse_if(struct.unpack_from("<I", stream, place + 4)[0] > len(stream) // 3)
    spanned = present = 0
    for begin in begins:
        rows = columns = 0
        for kind, place, size in _records(stream, begin):
            if kind == _DIMENSIONS and size in _RANGE:
                first_row, end_row, first_column, end_column = struct.unpack_from(_RANGE[size], stream, place)
                _refuse_if(not (first_row <= end_row <= MOST_ROWS and first_column <= end_column <= MOST_COLUMNS))
            if size < 4 or not (kind in _CELLS or kind in _CELLS_OVER_COLUMNS):
                continue
            row, column = struct.unpack_from("<HH", stream, place)
            if kind in _CELLS_OVER_COLUMNS:
                (column,) = struct.unpack_from("<H", stream, place + size - 2)
            _refuse_if(column >= MOST_COLUMNS)
            rows, columns, present = max(rows, row + 1), max(columns, column + 1), present + 1
        spanned += rows * columns
    if reaches_too_far(spanned, present):
        raise UnusableFileError("too_many_cells")


def _refuse_if(is_damaged: bool) -> None:
    if is_damaged:
        raise UnusableFileError("unreadable_file")


def _records(stream: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size of each record up to the end that the records state, or the stream's."""
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        place += 4
        if kind == _END or place + size > len(stream):
            return
        yield kind, place, size
        place += size


def _workbook_stream(content: bytes) -> bytes:
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            name = next(name for name in ("Workbook", "Book") if container.exists(name))
            return bytes(container.openstream(name).read())
    except Exception:
        # Nothing in a damaged container is worth an answer of its own.
        raise UnusableFileError("unreadable_file") from None
