"""Redacting: the bytes of a file without some of its rows, all others at their row numbers.

Belongs here: one way for each kind of file, and the proof that nothing else changed. Stays out: which rows, and the
archive (forgetting). A sheet that no agreement reads is left out: nobody can tell whose rows it holds.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.contracts import FileKind
from dagster_project.intake.reading import Sheet, UnusableFileError, plain
from dagster_project.intake.reading.agreed import AgreedFile, read_agreed
from dagster_project.intake.reading.archives import open_zip
from dagster_project.intake.reading.encodings import certain_encoding, is_unicode
from dagster_project.intake.reading.records import DELIMITERS, Dialect, lines_of, read_records
from dagster_project.intake.reading.workbooks import Workbook
from dagster_project.whole_files import write_whole

# By sheet, the numbers of rows to be taken out.
RowsOut = dict[str | None, set[int]]
Needed = dict[str | None, frozenset[str]]


class CannotRedactError(Exception):
    """No edition of the file could be made that lacks these rows and is else the same."""


def without_rows(content: bytes, kind: FileKind, needed: Needed, rows_out: RowsOut, room: Path) -> bytes:
    """The file without these rows, read back and compared with what it was; `room` is for work on names.

    Raises `CannotRedactError`.
    """
    before = _read(content, kind, needed, room)
    for way in _ways(kind):
        try:
            made = _made(content, way, before, rows_out)
            after = _read(made, kind, needed, room)
        except Exception:  # noqa: S112
            # Another way may do; texts of errors of libraries may repeat values.
            continue
        if _is_else_same(before, after, rows_out):
            return made
    raise CannotRedactError


def _read(content: bytes, kind: FileKind, needed: Needed, room: Path) -> AgreedFile:
    path = room / "redacting"
    write_whole(path, content)
    try:
        return read_agreed(path, kind, needed)
    except UnusableFileError:
        raise CannotRedactError from None
    finally:
        path.unlink()


def _ways(kind: FileKind) -> Iterator[FileKind]:
    """The agreed way to split lines first; a file may have come with another delimiter."""
    yield kind
    if kind.kind != "workbook":
        yield from (replace(kind, delimiter=delimiter) for delimiter in DELIMITERS if delimiter != kind.delimiter)


def _made(content: bytes, kind: FileKind, before: AgreedFile, rows_out: RowsOut) -> bytes:
    if kind.kind == "workbook":
        return _workbook_without(content, list(before.sheets), rows_out)
    if kind.kind == "text":
        (name,) = before.sheets
        return _text_without(content, kind, before.open_sheet(name), rows_out.get(name, set()))
    read_member = open_zip(content)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, sheet in before.sheets.items():
            try:
                member = read_member(name)
            except UnusableFileError:
                continue
            if rows_out.get(name) and isinstance(sheet, Sheet):
                member = _text_without(member, kind, sheet, rows_out[name])
            # The same content is the same bytes, whenever it is made.
            archive.writestr(zipfile.ZipInfo(str(name)), member, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _text_without(content: bytes, kind: FileKind, sheet: Sheet, numbers: set[int]) -> bytes:
    """A blank line in the place of each record, however many lines it took: a record counts as one row."""
    is_plain = content.isascii() and is_unicode(kind.encoding)
    encoding = certain_encoding(content) or ("utf-8" if is_plain else kind.encoding)
    text = content.decode(encoding)
    lines = lines_of(text)
    kept, place = [], 0
    for record in read_records(text, Dialect(kind.delimiter, kind.quote), len(sheet.headers)):
        taken = lines[place : place + record.lines]
        place += record.lines
        kept.append(taken[-1][1] if record.number in numbers else "".join("".join(line) for line in taken))
    return "".join(kept).encode(encoding)


def _workbook_without(content: bytes, names: list[str | None], rows_out: RowsOut) -> bytes:
    """The values of the agreed sheets in a new workbook: nothing stays of the old one's other parts."""
    import xlsxwriter

    workbook = Workbook(content)
    known = {plain(name): name for name in workbook.sheet_names}
    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(target, options) as made:
        made.set_properties({"created": datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)})
        looks = {
            datetime.datetime: made.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            datetime.date: made.add_format({"num_format": "yyyy-mm-dd"}),
            datetime.time: made.add_format({"num_format": "hh:mm:ss"}),
            datetime.timedelta: made.add_format({"num_format": "[h]:mm:ss"}),
        }
        for name in names:
            if plain(str(name)) not in known:
                continue
            sheet = made.add_worksheet(known[plain(str(name))])
            for n, cells in enumerate(workbook.grid(name)[0]):
                if n + 1 not in rows_out.get(name, set()):
                    _write_row(sheet, n, cells, looks)
    return target.getvalue()


def _write_row(sheet: Any, row: int, cells: list[Any], looks: dict[type, Any]) -> None:
    for column, cell in enumerate(cells):
        if cell is None or cell == "":
            continue
        if isinstance(cell, str):
            sheet.write_string(row, column, cell)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(row, column, cell)
        else:
            sheet.write_datetime(row, column, cell, looks[type(cell)])


def _is_else_same(before: AgreedFile, after: AgreedFile, rows_out: RowsOut) -> bool:
    for name, sheet in before.sheets.items():
        other = after.sheets[name]
        if isinstance(sheet, Sheet) and isinstance(other, Sheet):
            gone = pa.array(sorted(rows_out.get(name, set())), pa.int64())
            kept = sheet.rows.filter(pc.invert(pc.is_in(sheet.rows["_row_number"], gone)))
            faulty = tuple(row for row in sheet.faulty if row.number not in rows_out.get(name, set()))
            if sheet.headers != other.headers or not kept.equals(other.rows) or faulty != other.faulty:
                return False
        elif isinstance(sheet, Sheet) or isinstance(other, Sheet) or sheet.rule_id != other.rule_id:
            return False
    return True
