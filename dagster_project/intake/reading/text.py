"""Text: CSV and its relatives become sheets.

Belongs here: the quick way for files that keep the rules, the careful way for those that do not. Stays out: which
dialect a file is in (the agreement, or dialects).
"""

from __future__ import annotations

import csv
import io
import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from dagster_project.contracts import FileKind
from dagster_project.intake.reading.encodings import (
    certain_encoding,
    has_spoilt_letters,
    is_surely_another,
    is_unicode,
)
from dagster_project.intake.reading.records import (
    STRAY_QUOTE,
    Dialect,
    Record,
    read_records,
)
from dagster_project.intake.reading.sheets import (
    CONTROL,
    MOST_COLUMNS,
    FaultyRow,
    Noticed,
    Sheet,
    UnusableFileError,
    has_control,
    sheet_of_columns,
)

# Every column is text, whatever it looks like: zeros in front stay, and no date is guessed.
_TEXT_ONLY = pacsv.ConvertOptions(
    column_types={f"f{n}": pa.string() for n in range(MOST_COLUMNS)}, strings_can_be_null=True, null_values=[""]
)
_LINE_END = re.compile(r"\r\n|\n|\r")
# How a zip or a workbook, an old workbook, a PDF, pictures, a packed file and a database begin.
_OTHER_KINDS = (
    b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"SQLite format 3",
)  # fmt: skip


def read_text(content: bytes, kind: FileKind, sheet: str | None = None) -> Sheet:
    """The table of a text file in its agreed dialect. Raises `UnusableFileError`."""
    text, noticed = decode(content, kind.encoding, sheet)
    dialect = Dialect(kind.delimiter, kind.quote)
    return sheet_of_text(text, dialect, kind.header_row, kind.totals_label, noticed, sheet)


def refuse_other_kinds(content: bytes, sheet: str | None = None) -> None:
    """A workbook, a picture or a PDF under a text's name would be read as letters that mean nothing."""
    if content.startswith(_OTHER_KINDS):
        raise UnusableFileError("other_kind_of_file", sheet)
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise UnusableFileError("other_kind_of_file", sheet)


def decode(content: bytes, agreed: str, sheet: str | None) -> tuple[str, list[Noticed]]:
    """The letters of the file. Another encoding than agreed is used only where the bytes prove it."""
    if not content.strip(b"\x00"):
        # What a copy leaves that was broken off.
        raise UnusableFileError("unreadable_file" if content else "empty_file", sheet)
    proven = certain_encoding(content)
    if proven is None and content.isascii() and is_unicode(agreed):
        proven = "utf-8"
    encoding, noticed = agreed, []
    if proven is not None and not _is_same(proven, agreed):
        encoding = proven
        noticed.append(Noticed("other_encoding"))
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        # Where the last letter is cut through, the file was, too.
        is_cut = is_unicode(encoding) and error.reason in ("unexpected end of data", "truncated data")
        raise UnusableFileError("unreadable_file" if is_cut else "wrong_encoding", sheet) from None
    except UnicodeError:
        raise UnusableFileError("wrong_encoding", sheet) from None
    if proven is None and is_surely_another(content, encoding):
        raise UnusableFileError("wrong_encoding", sheet)
    # Where two exports were put one behind the other, a mark stands in the middle.
    text = text.replace("\ufeff", "")
    if has_spoilt_letters(content, encoding):
        noticed.append(Noticed("spoilt_letters"))
    return text, noticed


def _is_same(proven: str, agreed: str) -> bool:
    """Marks aside: 'utf-8' with its mark and UTF-16 of either byte order are what was agreed as such."""
    family = re.compile(r"utf_?-?(8|16|32)", re.IGNORECASE)
    found, wanted = family.search(proven), family.search(agreed)
    return bool(found and wanted and found[1] == wanted[1]) and is_unicode(agreed)


def sheet_of_text(
    text: str,
    dialect: Dialect,
    header_row: int,
    totals_label: str | None = None,
    noticed: list[Noticed] | None = None,
    sheet: str | None = None,
) -> Sheet:
    """The table whose header is the given record of the text. Raises `UnusableFileError`.

    A file without stray quotes is split by Arrow; any other record by record, with the reason of each faulty one.
    """
    if not text.strip(" \t\r\n\v\f\u00a0" + dialect.delimiter + dialect.quote):
        raise UnusableFileError("empty_file", sheet)
    quick = _quick_sheet(text, dialect, header_row, totals_label, noticed or [])
    if quick is not None:
        return quick
    return _careful_sheet(text, dialect, header_row, totals_label, noticed or [], sheet)


def _quick_sheet(
    text: str, dialect: Dialect, header_row: int, totals_label: str | None, noticed: list[Noticed]
) -> Sheet | None:
    """The sheet as Arrow splits it, or None where only a careful look can tell that this is right."""
    if dialect.escape or "\x00" in text or len(dialect.delimiter.encode()) > 1:
        return None
    titles = _lines_before(text, header_row)
    if titles is None or dialect.quote in titles:
        return None
    text = text[len(titles) :]
    has_quotes = bool(dialect.quote) and dialect.quote in text
    if has_quotes and _stray_quote(dialect).search(text):
        return None
    set_aside: list[tuple[int, str]] = []

    def aside(row: pacsv.InvalidRow) -> str:
        set_aside.append((row.number, row.text))
        return "skip"

    content = text.encode()
    try:
        # One column of text per header: the first row decides how many there are.
        table = pacsv.read_csv(
            pa.BufferReader(content),
            read_options=pacsv.ReadOptions(
                autogenerate_column_names=True,
                use_threads=False,
                # One block: positions of set-aside rows then count from the start of the file.
                block_size=max(len(content) * 2, 1 << 16),
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote or False,
                newlines_in_values=has_quotes,
                ignore_empty_lines=False,
                invalid_row_handler=aside,
            ),
            convert_options=_TEXT_ONLY,
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    if has_quotes and not _is_beyond_doubt(text, table, set_aside, dialect):
        return None
    if _has_trailing_cells(table, set_aside, dialect):
        return None
    width = table.num_columns
    headers = [str(column[0].as_py() or "").strip() for column in table.columns]
    if set_aside and not headers[-1]:
        # The header may end in a delimiter that the rows have not.
        return None
    if width > MOST_COLUMNS or not any(headers):
        return None
    before = header_row - 1
    faulty = [_faulty(number + before, line, dialect, width) for number, line in set_aside if line.strip()]
    gone = {number for number, _ in set_aside}
    numbers = range(1 + before, table.num_rows + len(gone) + 1 + before)
    positions = pa.array((n for n in numbers if n - before not in gone) if gone else numbers, pa.int64())[1:]
    return sheet_of_columns(headers, [column[1:] for column in table.columns], positions, faulty, noticed, totals_label)


def _lines_before(text: str, header_row: int) -> str | None:
    """The lines above the header, with their ends; None where there are not so many."""
    end = 0
    for _ in range(header_row - 1):
        found = _LINE_END.search(text, end)
        if found is None:
            return None
        end = found.end()
    return text[:end]


def _stray_quote(dialect: Dialect) -> re.Pattern[str]:
    """A quote that neither opens, closes nor doubles."""
    quote, edge = re.escape(dialect.quote), re.escape(dialect.delimiter)
    return re.compile(rf"{quote}(?<![{edge}\r\n{quote}]{quote})(?<!\A{quote})(?![{edge}\r\n{quote}]|\Z)")


def _is_beyond_doubt(text: str, table: pa.Table, set_aside: list[tuple[int, str]], dialect: Dialect) -> bool:
    """Whether the quotes leave one reading only: as many close as open, or a strict reader finds the same records."""
    if any(dialect.quote in line for _, line in set_aside):
        return False
    records = table.num_rows + len(set_aside)
    if _line_count(text) != records:
        # A cell over several lines may be a quote that was never closed.
        return False
    is_inside = any(pc.any(pc.match_substring(column, dialect.quote)).as_py() for column in table.columns)
    quote, edge = re.escape(dialect.quote), re.escape(dialect.delimiter)
    opening = len(re.findall(rf"{quote}(?<![^{edge}\r\n]{quote})(?![{edge}\r\n{quote}]|\Z)", text))
    closing = len(re.findall(rf"{quote}(?<![{edge}\r\n{quote}]{quote})(?<!\A{quote})(?=[{edge}\r\n]|\Z)", text))
    if opening == closing and not is_inside:
        return True
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True
    )
    try:
        return bool(sum(1 for _ in reader) == records)
    except csv.Error:
        return False


def _line_count(text: str) -> int:
    ends = text.count("\n")
    if "\r" in text:
        ends += text.count("\r") - text.count("\r\n")
    return ends + (not text.endswith(("\n", "\r")))


def _has_trailing_cells(table: pa.Table, set_aside: list[tuple[int, str]], dialect: Dialect) -> bool:
    """Whether most rows have more cells than the header, as when each line ends in a delimiter."""
    longer = sum(1 for _, line in set_aside if line.count(dialect.delimiter) >= table.num_columns)
    return longer > int(table.num_rows)


def _faulty(number: int, line: str, dialect: Dialect, width: int) -> FaultyRow:
    record = next(iter(read_records(line, dialect, width)))
    return FaultyRow(number, _fault_of(record), tuple(record.cells))


def _fault_of(record: Record) -> str:
    """A row that was damaged on its way has the wrong number of cells because of that."""
    return CONTROL if any(has_control(cell) for cell in record.cells) else record.fault or STRAY_QUOTE


def _careful_sheet(
    text: str,
    dialect: Dialect,
    header_row: int,
    totals_label: str | None,
    noticed: list[Noticed],
    sheet: str | None,
) -> Sheet:
    header = next((r for r in read_records(text, dialect) if r.number == header_row), None)
    if header is None or not any(cell.strip() for cell in header.cells):
        raise UnusableFileError("empty_file" if header is None else "no_header", sheet)
    width = _width(text, dialect, header)
    if width > MOST_COLUMNS:
        raise UnusableFileError("too_many_columns", sheet)
    named = [cell.strip() for cell in header.cells]
    if header.fault is not None:
        named = [cell.strip(dialect.quote).strip() for cell in named]
    headers = [*named[:width], *[""] * (width - len(named))]
    good: list[Record] = []
    faulty: list[FaultyRow] = []
    for record in read_records(text, dialect, width):
        if record.number <= header_row:
            continue
        if len(record.cells) == width and record.fault is None:
            good.append(record)
        elif any(cell.strip() for cell in record.cells):
            faulty.append(FaultyRow(record.number, _fault_of(record), tuple(record.cells)))
    columns = list(zip(*(record.cells for record in good), strict=True)) or [()] * width
    arrays = [pa.array(column, pa.string()) for column in columns]
    positions = pa.array((record.number for record in good), pa.int64())
    return sheet_of_columns(headers, arrays, positions, faulty, noticed, totals_label)


def _width(text: str, dialect: Dialect, header: Record) -> int:
    """The header's width; where nearly all rows have a blank cell more, or lack the header's blank ends, theirs."""
    width, seen, longer, without_ends = len(header.cells), 0, 0, 0
    named = max(n for n, cell in enumerate(header.cells, 1) if cell.strip())
    for record in read_records(text, dialect):
        if record.number > header.number and any(cell.strip() for cell in record.cells):
            seen += 1
            longer += len(record.cells) == width + 1 and not record.cells[-1].strip()
            without_ends += len(record.cells) == named
            if seen >= 1_000:
                break
    if seen and without_ends >= 0.9 * seen:
        return named
    return width + 1 if seen > 1 and longer >= 0.9 * seen else width
