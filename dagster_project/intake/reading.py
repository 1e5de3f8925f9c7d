"""Reading: a file of any agreed kind becomes sheets of text cells, each row with its place in the file.

Belongs here: dialects and formats. Stays out: what the columns mean. Errors of the libraries repeat values of rows, so
they end here: only coded errors without values leave.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from dagster_project.contracts import FileKind


class UnusableFileError(Exception):
    """The file or a sheet of it cannot be read; `rule_id` is a key of expectations/findings.yml."""

    def __init__(self, rule_id: str, sheet: str | None = None):
        self.rule_id = rule_id
        self.sheet = sheet
        super().__init__(rule_id)


@dataclass(frozen=True)
class Sheet:
    """One table of a file.

    `rows` holds text columns c0, c1, ... under `headers`, and `_row_number` (as a spreadsheet shows it) and `_ragged`
    (a row whose cells do not fit the headers: its cells are all null). Blank rows and totals are left out.
    """

    headers: list[str]
    rows: pa.Table

    def column_of(self, header: str) -> str | None:
        """The text column under a header; case and blanks around and within it do not matter."""
        wanted = _plain(header)
        return next((f"c{n}" for n, known in enumerate(self.headers) if _plain(known) == wanted), None)


# Every column is text, whatever it looks like: zeros in front stay, and no date is guessed.
_TEXT_ONLY = pacsv.ConvertOptions(
    column_types={f"f{n}": pa.string() for n in range(2000)}, strings_can_be_null=True, null_values=[""]
)

# More than any partner's month, less than a machine's memory.
MOST_CELLS = 50_000_000

SheetReader = Callable[[str | None], Sheet]


def open_file(path: Path, kind: FileKind) -> SheetReader:
    """A function that reads the sheet of a given name from the file.

    Raises `UnusableFileError` when the file cannot be opened; the function raises it when the sheet cannot be read.
    """
    if path.stat().st_size == 0:
        raise UnusableFileError("empty_file")
    if kind.kind == "text":
        content = path.read_bytes()
        return lambda _sheet: _read_text(content, kind)
    if kind.kind == "zip":
        return _open_zip(path, kind)
    return _open_workbook(path, kind)


def _plain(header: str) -> str:
    return " ".join(unicodedata.normalize("NFC", header).split()).casefold()


def _open_zip(path: Path, kind: FileKind) -> SheetReader:
    try:
        archive = zipfile.ZipFile(path)
        if archive.testzip() is not None:
            raise UnusableFileError("unreadable_file")
    except (zipfile.BadZipFile, OSError, RuntimeError):
        raise UnusableFileError("unreadable_file") from None
    members = {Path(name).name.casefold(): name for name in archive.namelist()}

    def read(sheet: str | None) -> Sheet:
        member = members.get(str(sheet).casefold())
        if member is None:
            raise UnusableFileError("missing_sheet", sheet)
        return _read_text(archive.read(member), kind, sheet)

    return read


def _open_workbook(path: Path, kind: FileKind) -> SheetReader:
    from python_calamine import CalamineError, CalamineWorkbook

    content = path.read_bytes()
    if _cells_spanned(content) > MOST_CELLS:
        raise UnusableFileError("unreadable_file")
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = {_plain(name): name for name in workbook.sheet_names}
    except (CalamineError, OSError, ValueError):
        raise UnusableFileError("unreadable_file") from None

    def read(sheet: str | None) -> Sheet:
        name = names.get(_plain(str(sheet)))
        if name is None:
            raise UnusableFileError("missing_sheet", sheet)
        try:
            cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (CalamineError, ValueError):
            raise UnusableFileError("unreadable_file", sheet) from None
        return _sheet_of_cells(cells, kind, sheet)

    return read


def _cells_spanned(content: bytes) -> int:
    """Cells in the rectangle of an XLSX's largest sheet; 0 for other kinds of workbook.

    One stray cell in the last corner spans billions, for which the reader would ask the machine for memory.
    """
    largest = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                    cells = re.findall(rb'<c r="([A-Z]{1,3})(\d{1,7})"', archive.read(name))
                    rows = max((int(row) for _, row in cells), default=0)
                    columns = max((_column_number(letters) for letters in {c for c, _ in cells}), default=0)
                    largest = max(largest, rows * columns)
    except (zipfile.BadZipFile, OSError, RuntimeError):
        return 0
    return largest


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _read_text(content: bytes, kind: FileKind, sheet: str | None = None) -> Sheet:
    _refuse_other_encoding(content, kind.encoding, sheet)
    blank: list[int] = []
    ragged: list[int] = []
    over_lines: list[int] = []

    def set_aside(row: pacsv.InvalidRow) -> str:
        (ragged if row.text.strip() else blank).append(row.number)
        if "\n" in row.text.strip():
            over_lines.append(row.number)
        return "skip"

    try:
        # One column of text per header: the first row decides how many there are.
        table = pacsv.read_csv(
            pa.BufferReader(content),
            read_options=pacsv.ReadOptions(
                encoding=kind.encoding,
                skip_rows=kind.header_row - 1,
                autogenerate_column_names=True,
                use_threads=False,
                # One block: positions of set-aside rows then count from the start of the file.
                block_size=max(len(content) * 2, 1 << 16),
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=kind.delimiter,
                quote_char=kind.quote,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            convert_options=_TEXT_ONLY,
        )
    except UnicodeError:
        raise UnusableFileError("wrong_encoding", sheet) from None
    except pa.ArrowInvalid as error:
        rule_id = "wrong_encoding" if "UTF" in str(error) else "unreadable_file"
        is_short = "Empty CSV" in str(error) or "Could not skip" in str(error)
        raise UnusableFileError("empty_file" if is_short else rule_id, sheet) from None
    if table.num_rows == 0:
        raise UnusableFileError("empty_file", sheet)
    if over_lines or any(pc.any(pc.match_substring(column, "\n")).as_py() for column in table.columns):
        _refuse_open_quotes(content, kind, sheet)
    headers = [str(column[0].as_py() or "").lstrip("\ufeff") for column in table.columns]
    positions = _positions(table.num_rows, [*blank, *ragged], kind.header_row)
    return _sheet(headers, table.slice(1), positions[1:], ragged, kind, sheet)


def _refuse_other_encoding(content: bytes, encoding: str, sheet: str | None) -> None:
    """A file that is not in the agreed encoding is refused: read wrongly, its accents would be spoilt for good."""
    is_utf8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig")
    if is_utf8 or encoding.lower().startswith("utf"):
        return
    if content.isascii():
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return
    raise UnusableFileError("wrong_encoding", sheet)


def _refuse_open_quotes(content: bytes, kind: FileKind, sheet: str | None) -> None:
    """A quote that opens and does not close swallows the rows after it into one cell, where nobody would miss them."""
    lines = io.StringIO(content.decode(kind.encoding), newline="")
    for _ in range(kind.header_row - 1):
        lines.readline()
    try:
        for _ in csv.reader(lines, delimiter=kind.delimiter, quotechar=kind.quote, strict=True):
            pass
    except csv.Error:
        raise UnusableFileError("unreadable_file", sheet) from None


def _positions(kept: int, set_aside: list[int], first: int) -> list[int]:
    """Row numbers in the file of the rows kept, given those set aside."""
    gone = set(set_aside)
    return [n for n in range(first, first + kept + len(gone)) if n not in gone][:kept]


def _sheet_of_cells(cells: list[list[Any]], kind: FileKind, sheet: str | None) -> Sheet:
    if len(cells) < kind.header_row:
        raise UnusableFileError("empty_file", sheet)
    headers = [_text(cell) or "" for cell in cells[kind.header_row - 1]]
    body = cells[kind.header_row :]
    columns = [
        pa.array([_text(row[n]) if n < len(row) else None for row in body], pa.string()) for n in range(len(headers))
    ]
    table = pa.table(columns, names=[f"f{n}" for n in range(len(headers))])
    positions = list(range(kind.header_row + 1, kind.header_row + 1 + len(body)))
    return _sheet(headers, table, positions, [], kind, sheet)


def _text(cell: Any) -> str | None:
    """A cell as the text a person would type: no '.0' behind whole numbers, dates in ISO form."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _sheet(
    headers: list[str], body: pa.Table, positions: list[int], ragged: list[int], kind: FileKind, sheet: str | None
) -> Sheet:
    """Put the parts together: leave out blank rows and totals, add the ragged rows with no cells."""
    names = [f"c{n}" for n in range(len(headers))]
    trimmed = [pc.utf8_trim_whitespace(column) for column in body.columns]
    cells = [pc.if_else(pc.equal(column, ""), None, column) for column in trimmed]
    rows = pa.table([*cells, pa.array(positions, pa.int64())], names=[*names, "_row_number"])
    first_filled = pc.coalesce(*cells, pa.scalar(None, pa.string()))
    keep = pc.is_valid(first_filled)
    if kind.totals_label:
        # 'Total' and 'Total :' are totals, a family called Totaliz is not.
        total = pc.match_substring_regex(first_filled, f"(?i)^{re.escape(kind.totals_label)}($|[^\\p{{L}}])")
        keep = pc.and_(keep, pc.invert(pc.fill_null(total, False)))
    rows = rows.filter(keep).append_column("_ragged", pa.array([False] * pc.sum(keep).as_py() if len(rows) else []))
    if ragged:
        empty = {name: pa.nulls(len(ragged), pa.string()) for name in names}
        extra = pa.table({**empty, "_row_number": pa.array(ragged, pa.int64()), "_ragged": [True] * len(ragged)})
        rows = pa.concat_tables([rows.cast(extra.schema), extra])
    if rows.num_rows == 0:
        raise UnusableFileError("empty_file", sheet)
    return Sheet(headers, rows)
