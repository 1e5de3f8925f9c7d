"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS become sheets of the text that a person would type.

Belongs here: sheets by name, hidden ones, merged cells, ticks. Stays out: cells (cells), what the library does not tell
of a workbook (inside), which sheet feeds which dataset.
"""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.contracts import FileKind
from dagster_project.intake.reading.cells import text_column, text_of
from dagster_project.intake.reading.inside import (
    column_number,
    failed_formulas,
    formulas_without_value,
    look_inside,
    sheet_xml,
    show_zeros,
    zero_widths,
)
from dagster_project.intake.reading.sheets import (
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

# First and last place of a merged range, each a row and a column counted from 0.
_Range = tuple[tuple[int, int], tuple[int, int]]


class Workbook:
    """A workbook that is opened and looked into once."""

    def __init__(self, content: bytes):
        """Raises `UnusableFileError` for what cannot be opened, or should not be."""
        from python_calamine import CalamineWorkbook

        self._archive, self._ignored = look_inside(content)
        self._zero_widths = zero_widths(self._archive) if self._archive else {}
        with _coded_errors():
            self._workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
            self._sheets = {plain(sheet.name): sheet for sheet in self._workbook.sheets_metadata}

    @property
    def sheet_names(self) -> list[str]:
        """The sheets in their order."""
        return [str(sheet.name) for sheet in self._sheets.values()]

    def read(self, name: str | None, kind: FileKind) -> Sheet:
        """The sheet of a name by its kind of file. Raises `UnusableFileError`."""
        from python_calamine import SheetVisibleEnum

        cells, merged, xml = self._cells(name)
        noticed = list(self._ignored)
        if self._sheets[plain(str(name))].visible != SheetVisibleEnum.Visible:
            noticed.append(Noticed("hidden_sheet"))
        if kind.nil_tick and _is_ticked(cells, kind.nil_tick):
            noticed.append(Noticed(NIL_TICKED))
        formulas = dict.fromkeys(failed_formulas(xml), ERROR_CELL)
        formulas |= dict.fromkeys(formulas_without_value(xml), FORMULA)
        with _without_garbage_collection():
            return sheet_of_cells(cells, kind, name, noticed, merged, formulas)

    def grid(self, name: str | None) -> tuple[list[list[Any]], list[Noticed]]:
        """A sheet's cells from its first corner on, and what was noticed. Raises `UnusableFileError`."""
        cells, _, _ = self._cells(name)
        return cells, list(self._ignored)

    def _cells(self, name: str | None) -> tuple[list[list[Any]], list[_Range], bytes]:
        """A sheet's cells as a spreadsheet shows them, the ranges merged in it, and its XML if it has one."""
        found = self._sheets.get(plain(str(name)))
        if found is None:
            raise UnusableFileError("missing_sheet", name)
        with _coded_errors(name), _without_garbage_collection():
            sheet = self._workbook.get_sheet_by_name(found.name)
            cells = sheet.to_python(skip_empty_area=False)
            merged = sheet.merged_cell_ranges or []
        xml = sheet_xml(self._archive, found.name)
        show_zeros(cells, xml, self._zero_widths)
        return cells, merged, xml


@contextmanager
def _coded_errors(sheet: str | None = None) -> Iterator[None]:
    """Whatever the library says of a damaged file, it may repeat a value: only a coded error leaves."""
    from python_calamine import PasswordError

    try:
        yield
    except PasswordError:
        raise UnusableFileError("password_protected") from None
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:
        # A panic of its Rust is no Exception.
        raise UnusableFileError("unreadable_file", sheet) from None


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


def _is_ticked(cells: list[list[Any]], reference: str) -> bool:
    """Whether the cell of a reference such as B2 holds anything."""
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()  # type: ignore[union-attr]
    row, column = int(digits) - 1, column_number(letters.encode()) - 1
    return row < len(cells) and column < len(cells[row]) and text_of(cells[row][column]) is not None


def sheet_of_cells(
    cells: list[list[Any]],
    kind: FileKind,
    name: str | None,
    noticed: Sequence[Noticed] = (),
    merged: Sequence[_Range] = (),
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
    merged: Sequence[_Range],
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
