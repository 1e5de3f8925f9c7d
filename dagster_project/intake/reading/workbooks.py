"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS become sheets of the text that a person would type.

Belongs here: cells, dates, hidden sheets, merged cells, what is ignored (macros, embedded objects). Stays out: which
sheet feeds which dataset. Macros never run: the reader knows none.
"""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.contracts import FileKind
from dagster_project.intake.reading.archives import CheckedZip, checked_zip
from dagster_project.intake.reading.sheets import (
    MOST_CELLS,
    MOST_COLUMNS,
    FaultyRow,
    Noticed,
    Sheet,
    UnusableFileError,
    plain,
    sheet_of_columns,
)

ERROR_CELL = "error_cell"
FORMULA = "formula_without_value"
MERGED = "merged_cells"
# Not a finding: what a template's tick says, for intake.
NIL_TICKED = "nil_ticked"
# What a spreadsheet shows where a formula failed, in English and in French.
_ERROR = re.compile(r"#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|NOM\?|VALEUR!|NOMBRE!|NUL!|CALC!|SPILL!|GETTING_DATA)")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHEET_XML = re.compile(r"xl/worksheets/[^/]+\.xml")
_REFERENCE = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"')

WorkbookReader = Callable[[str | None, FileKind], Sheet]


def open_workbook(content: bytes) -> WorkbookReader:
    """A function that reads the sheet of a name by its kind of file. Raises `UnusableFileError`."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

    archive, ignored = _look_inside(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {plain(sheet.name): sheet for sheet in workbook.sheets_metadata}
    except PasswordError:
        raise UnusableFileError("password_protected") from None
    except Exception:
        # Whatever the library says of a damaged file, it may repeat a value.
        raise UnusableFileError("unreadable_file") from None

    def read(name: str | None, kind: FileKind) -> Sheet:
        found = sheets.get(plain(str(name)))
        if found is None:
            raise UnusableFileError("missing_sheet", name)
        try:
            with _without_garbage_collection():
                sheet = workbook.get_sheet_by_name(found.name)
                cells = sheet.to_python(skip_empty_area=False)
                merged = sheet.merged_cell_ranges or []
        except Exception:
            raise UnusableFileError("unreadable_file", name) from None
        noticed = list(ignored)
        if found.visible != SheetVisibleEnum.Visible:
            noticed.append(Noticed("hidden_sheet"))
        if kind.nil_tick and _is_ticked(cells, kind.nil_tick):
            noticed.append(Noticed(NIL_TICKED))
        formulas = dict.fromkeys(_failed_formulas(archive, found.name), ERROR_CELL)
        formulas |= dict.fromkeys(_formulas_without_value(archive, found.name), FORMULA)
        _show_zeros(cells, archive, found.name)
        with _without_garbage_collection():
            return sheet_of_cells(cells, kind, name, noticed, merged, formulas)

    return read


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Cells are many and make no circles: looking for garbage among them takes a good part of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def sheet_names(content: bytes) -> list[str]:
    """Names of the sheets in their order. Raises `UnusableFileError`."""
    from python_calamine import CalamineWorkbook, PasswordError

    _look_inside(content)
    try:
        return [str(sheet.name) for sheet in CalamineWorkbook.from_filelike(io.BytesIO(content)).sheets_metadata]
    except PasswordError:
        raise UnusableFileError("password_protected") from None
    except Exception:
        raise UnusableFileError("unreadable_file") from None


def _is_ticked(cells: list[list[Any]], reference: str) -> bool:
    """Whether the cell of a reference such as B2 holds anything."""
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()  # type: ignore[union-attr]
    row, column = int(digits) - 1, _column_number(letters.encode()) - 1
    return row < len(cells) and column < len(cells[row]) and text_of(cells[row][column]) is not None


def grid_of(content: bytes, name: str) -> tuple[list[list[Any]], list[Noticed]]:
    """A sheet's cells from its first corner on, and what was noticed. Raises `UnusableFileError`."""
    from python_calamine import CalamineWorkbook

    _, noticed = _look_inside(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), noticed
    except Exception:
        raise UnusableFileError("unreadable_file", name) from None


def _look_inside(content: bytes) -> tuple[CheckedZip | None, list[Noticed]]:
    """The zip that the workbook is, if it is one, and what in it is not read.

    Raises `UnusableFileError` for what is no workbook, needs a password or would do harm.
    """
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnusableFileError("password_protected")
        return None, [Noticed("macros_ignored")] if "_VBA_PROJECT".encode("utf-16-le") in content else []
    if not content.startswith(b"PK"):
        # A page of the web or a text under a spreadsheet's name, which office programs open without a word.
        is_text = b"\x00" not in content[:1024] and content[:1024].strip() != b""
        raise UnusableFileError("other_kind_of_file" if is_text else "unreadable_file")
    archive = checked_zip(content)
    names = archive.names
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise UnusableFileError("password_protected")
    if not any(name in names for name in ("xl/workbook.xml", "xl/workbook.bin", "content.xml")):
        raise UnusableFileError("other_kind_of_file")
    for name in names:
        if name.endswith((".xml", ".rels")):
            _refuse_harm(archive, name)
    noticed = []
    if any(name.casefold().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
        noticed.append(Noticed("macros_ignored"))
    if any("/embeddings/" in name or "/externalLinks/" in name or name.startswith("Object ") for name in names):
        noticed.append(Noticed("embedded_objects_ignored"))
    return archive, noticed


def _refuse_harm(archive: CheckedZip, name: str) -> None:
    """Entities have no place in a workbook's XML; a cell in the last corner asks for more memory than there is."""
    xml = archive.read(name)
    if b"<!DOCTYPE" in xml[:4096] or b"<!ENTITY" in xml[:65536]:
        raise UnusableFileError("unsafe_file")
    if _SHEET_XML.fullmatch(name) and _cells_spanned(xml) > MOST_CELLS:
        raise UnusableFileError("too_many_cells")
    if name == "content.xml":
        rows = sum(
            int(found)
            for found in re.findall(rb'number-rows-repeated="(\d{1,9})"[^/>]*>(?!<table:table-cell[^>]*/></)', xml)
        )
        if rows > MOST_CELLS // 10:
            raise UnusableFileError("too_many_cells")


def _cells_spanned(xml: bytes) -> int:
    """Cells in the rectangle of a sheet, or less where that is surely small enough."""
    last = re.search(rb'r="(\d+)"', xml[xml.rfind(b"<row ") :][:200])
    rows = int(last[1]) if last else 0
    # The sheet's own word on its width; should it lie, the worker's memory is the limit.
    stated = re.search(rb'<dimension ref="[A-Z]+\d+:([A-Z]{1,3})\d+"', xml[:4096])
    if stated and rows * _column_number(stated[1]) <= MOST_CELLS:
        return rows * _column_number(stated[1])
    places = _REFERENCE.findall(xml)
    highest = max((_column_number(letters) for letters in {letters for letters, _ in places}), default=0)
    return max((int(row) for _, row in places), default=0) * highest


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _formulas_without_value(archive: CheckedZip | None, sheet: str) -> set[int]:
    """Rows in which a formula was never calculated: the cell looks empty, which it is not. XLSX only."""
    name = _sheet_member(archive, sheet) if archive else None
    if archive is None or name is None:
        return set()
    xml = archive.read(name)
    if b"<f" not in xml or not any(mark in xml for mark in (b"</f></c>", b"<f/></c>", b"</f><v></v>", b"</f><v/>")):
        return set()
    rows = set()
    for cell in re.finditer(rb'<c [^>]*?r="[A-Z]{1,3}(\d{1,7})"[^>/]*>(.*?)</c>', xml, re.DOTALL):
        if b"<f" in cell[2] and not re.search(rb"<v>[^<]", cell[2]):
            rows.add(int(cell[1]))
    return rows


def _show_zeros(cells: list[list[Any]], archive: CheckedZip | None, sheet: str) -> None:
    """Numbers under a format such as 00000 become the text that the spreadsheet shows, zeros in front and all."""
    widths = _zero_widths(archive) if archive else {}
    name = _sheet_member(archive, sheet) if archive and widths else None
    if archive is None or name is None:
        return
    for cell in re.finditer(rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(\d+)"(?: t="n")?><v>\d+</v>', archive.read(name)):
        width, row, column = widths.get(int(cell[3])), int(cell[2]) - 1, _column_number(cell[1]) - 1
        if width and row < len(cells) and column < len(cells[row]):
            cells[row][column] = str(text_of(cells[row][column]) or "").zfill(width)


def _zero_widths(archive: CheckedZip) -> dict[int, int]:
    """By a cell's style: of formats that are zeros only, how many."""
    if "xl/styles.xml" not in archive.names:
        return {}
    styles = archive.read("xl/styles.xml")
    formats = {
        int(found[1]): len(found[2]) for found in re.finditer(rb'<numFmt numFmtId="(\d+)" formatCode="(0{2,})"', styles)
    }
    listed = re.search(rb"<cellXfs.*?</cellXfs>", styles, re.DOTALL)
    if not formats or not listed:
        return {}
    numbers = [int(found[1]) for found in re.finditer(rb'<xf [^>]*?numFmtId="(\d+)"', listed[0])]
    return {style: formats[number] for style, number in enumerate(numbers) if number in formats}


def _failed_formulas(archive: CheckedZip | None, sheet: str) -> set[int]:
    """Rows in which a formula failed: the library shows such a cell as a blank one. XLSX only."""
    name = _sheet_member(archive, sheet) if archive else None
    if archive is None or name is None:
        return set()
    xml = archive.read(name)
    if b't="e"' not in xml:
        return set()
    return {int(found[1]) for found in re.finditer(rb'<c (?=[^>]*t="e")[^>]*?r="[A-Z]{1,3}(\d{1,7})"', xml)}


def _sheet_member(archive: CheckedZip, sheet: str) -> str | None:
    """The XML of a sheet of a name, by the workbook's own table of them."""
    if "xl/workbook.xml" not in archive.names:
        return None
    from xml.sax.saxutils import escape

    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    rels = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    named = re.search(rf'<(?:\w+:)?sheet [^>]*name="{re.escape(escape(sheet, {chr(34): "&quot;"}))}"[^>]*>', book)
    rid = re.search(r'r:id="([^"]+)"', named[0]) if named else None
    if rid is None:
        return None
    entry = re.search(rf'<Relationship [^>]*Id="{re.escape(rid[1])}"[^>]*>', rels)
    target = re.search(r'Target="([^"]+)"', entry[0]) if entry else None
    if target is None:
        return None
    path = target[1].lstrip("/")
    path = path if path.startswith("xl/") else f"xl/{path}"
    return path if path in archive.names else None


def sheet_of_cells(
    cells: list[list[Any]],
    kind: FileKind,
    name: str | None,
    noticed: Sequence[Noticed] = (),
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = (),
    formulas: dict[int, str] | None = None,
) -> Sheet:
    """The table whose header is the agreed row; `formulas` are rows with a formula of no use, each with the rule.

    Raises `UnusableFileError`.
    """
    if len(cells) < kind.header_row:
        raise UnusableFileError("empty_file", name)
    headers = [text_of(cell) or "" for cell in cells[kind.header_row - 1]]
    while (
        headers
        and not headers[-1].strip()
        and not any(text_of(row[len(headers) - 1]) for row in cells[kind.header_row :])
    ):
        headers.pop()
    if not any(headers):
        raise UnusableFileError("no_header", name)
    if len(headers) > MOST_COLUMNS:
        raise UnusableFileError("too_many_columns", name)
    body = cells[kind.header_row :]
    columns = [text_column(column) for column in list(zip(*body, strict=True))[: len(headers)]] or [
        pa.array([], pa.string()) for _ in headers
    ]
    numbers = range(kind.header_row + 1, kind.header_row + 1 + len(body))
    reasons = _row_faults(columns, numbers, merged, formulas or {})
    faulty = [FaultyRow(n, reasons[n], tuple(c[n - numbers[0]].as_py() for c in columns)) for n in sorted(reasons)]
    keep = pa.array([n not in reasons for n in numbers], pa.bool_()) if reasons else None
    positions = pa.array(numbers, pa.int64())
    if keep is not None:
        columns, positions = [column.filter(keep) for column in columns], positions.filter(keep)
    return sheet_of_columns(headers, columns, positions, faulty, noticed, kind.totals_label)


def _row_faults(
    columns: Sequence[pa.Array],
    numbers: range,
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
    formulas: dict[int, str],
) -> dict[int, str]:
    """By row number, why a row cannot be used: a failed or uncalculated formula, cells merged over rows or columns."""
    reasons = {number: rule_id for number, rule_id in formulas.items() if number in numbers}
    for column in columns:
        if pc.any(pc.starts_with(column, "#")).as_py():
            errors = pc.fill_null(pc.match_substring_regex(column, f"^{_ERROR.pattern}$"), False)
            reasons |= {numbers[n]: ERROR_CELL for n, is_error in enumerate(errors.to_pylist()) if is_error}
    for (top, left), (bottom, right) in merged:
        # Rows and columns of the range count from 0. What stands in one cell for many belongs to nobody surely.
        if left < len(columns) and (bottom > top or right > left):
            reasons |= {row + 1: MERGED for row in range(top, bottom + 1) if row + 1 in numbers}
    return reasons


def text_column(cells: Sequence[Any]) -> pa.Array:
    """A column of a workbook's cells as text; the commonest mixtures all at once, others cell by cell."""
    kinds = set(map(type, cells))
    if kinds <= {str}:
        return pa.array(cells, pa.string())
    if kinds <= {str, float} or kinds <= {str, int}:
        texts = [cell for cell in cells if type(cell) is str and cell]
        if not texts:
            return _number_column(cells)
    if kinds <= {str, date} and not any(cell for cell in cells if type(cell) is str):
        days = pa.array([cell or None for cell in cells], pa.date32())
        return pc.cast(days, pa.string())
    return pa.array([text_of(cell) for cell in cells], pa.string())


def _number_column(cells: Sequence[Any]) -> pa.Array:
    numbers = pa.array([None if cell == "" else cell for cell in cells], pa.float64())
    extent = pc.min_max(pc.abs(numbers)).as_py()
    if (extent["max"] or 0) < 1e15 and pc.all(pc.equal(pc.floor(numbers), numbers)).as_py() in (True, None):
        return pc.cast(pc.cast(numbers, pa.int64()), pa.string())
    if extent["max"] < 1e6 and extent["min"] > 1e-4:
        # Arrow writes numbers of usual size as Python does, larger and smaller ones with an exponent.
        return pc.replace_substring_regex(pc.cast(numbers, pa.string()), r"\.0$", "")
    return pa.array([text_of(cell) for cell in cells], pa.string())


def text_of(cell: Any) -> str | None:
    """A cell as the text a person would type: whole numbers without '.0', days in ISO form, times of day as clocks."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(cell)
