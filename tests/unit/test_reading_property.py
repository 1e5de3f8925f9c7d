"""Whatever a table holds and however it is written, reading gives the same cells back, or says what it could not read.

Random tables go through random dialects, encodings and layouts, written by other programs than the reader: Python's
csv, XlsxWriter, and OpenDocument by hand. DORSALE_EXAMPLES=N searches more.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from dagster_project.contracts import FileKind
from dagster_project.intake.detection import read_any
from dagster_project.intake.reading import Sheet, UnusableFileError, open_file
from tests.made_files import agreed, opendocument

MANY = settings(
    max_examples=int(os.environ.get("DORSALE_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
DELIMITERS, QUOTES = [",", ";", "\t", "|"], ['"', "'"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"]
# Letters that all encodings have, with all that makes trouble in a text: delimiters, quotes, ends of lines, blanks.
LETTERS = "abcXYZ0189éèçÀ,;|\t\"'\n\r =+-@#.:/ _"
CELL = st.text(LETTERS, max_size=12)
NAME = st.text("abcdeéFGH _-", min_size=1, max_size=8).filter(lambda name: name.strip() != "")
Table = list[list[str]]


@st.composite
def tables(draw: st.DrawFn, cell: st.SearchStrategy[str] = CELL, least_width: int = 1) -> Table:
    """A header of names that differ, and rows as wide."""
    header = draw(
        st.lists(NAME, min_size=least_width, max_size=6, unique_by=lambda name: " ".join(name.split()).casefold())
    )
    rows = draw(st.lists(st.lists(cell, min_size=len(header), max_size=len(header)), min_size=1, max_size=8))
    return [header, *rows]


@dataclass(frozen=True)
class Writing:
    """A way to write a text file."""

    delimiter: str
    quote: str
    encoding: str
    line_end: str
    quoting: int


WRITINGS = st.builds(
    Writing,
    st.sampled_from(DELIMITERS),
    st.sampled_from(QUOTES),
    st.sampled_from(ENCODINGS),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)


def as_text(table: Table, writing: Writing) -> str:
    stream = io.StringIO(newline="")
    # Python's writer leaves an end of line that is not its own without quotes.
    has_lines = any(end in cell for row in table for cell in row for end in "\r\n")
    csv.writer(
        stream,
        delimiter=writing.delimiter,
        quotechar=writing.quote,
        lineterminator=writing.line_end,
        quoting=csv.QUOTE_ALL if has_lines else writing.quoting,  # type: ignore[arg-type]
    ).writerows(table)
    return stream.getvalue()


def kind_of(writing: Writing, **changes: Any) -> FileKind:
    return agreed(delimiter=writing.delimiter, quote=writing.quote, encoding=writing.encoding, **changes)


def seen(cells: Sequence[str | None]) -> tuple[str | None, ...]:
    """Cells as reading gives them: blanks around them are nothing, and a cell of blanks is empty."""
    return tuple((cell or "").strip() or None for cell in cells)


def rows_of(sheet: Sheet) -> list[tuple[str | None, ...]]:
    names = [f"c{n}" for n in range(len(sheet.headers))]
    rows = sheet.rows.filter(sheet.rows["_fault"].is_null()).select(names).to_pylist()
    return [tuple(row.values()) for row in rows]


def read(content: bytes, kind: FileKind, name: str = "file.csv", sheet: str | None = None) -> Sheet:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return open_file(path, kind)(sheet)


def assert_same_or_told(sheet: Sheet, table: Table) -> None:
    """Every row that is not faulty is one of the table's, in its order; as many are missing as are told."""
    header, *rows = table
    # Trailing columns without a name or a cell are no columns.
    expected = [seen(row) for row in rows if any(cell.strip() for cell in row)]
    names = [" ".join(name.split()) for name in header]
    assert [" ".join(name.split()) for name in sheet.headers][: len(names)] == names
    again = sum(1 for noticed in sheet.noticed if noticed.rule_id == "header_again")
    found = rows_of(sheet)
    # Of a doubtful cell over several lines, each line is told.
    assert len(found) + len(sheet.faulty) + again >= len(expected)
    assert sheet.faulty or len(found) + again == len(expected)
    remaining = iter(expected)
    assert all(any(row == other for other in remaining) for row in found), "a row that was not written, or in disorder"


@MANY
@given(tables(), WRITINGS)
def test_a_text_gives_its_cells_back(table: Table, writing: Writing) -> None:
    # A single empty cell is a blank line in any dialect.
    content = as_text(table, writing).encode(writing.encoding)
    sheet = read(content, kind_of(writing))
    assert_same_or_told(sheet, table)
    if len(table[0]) > 1 and not any(end in cell for row in table for cell in row for end in "\r\n"):
        assert sheet.faulty == (), "written by the rules, nothing is astray"


@MANY
@given(tables(), WRITINGS, st.lists(st.text("abc é:", max_size=10), max_size=4))
def test_titles_above_the_headers_change_nothing(table: Table, writing: Writing, titles: list[str]) -> None:
    text = "".join(title + writing.line_end for title in titles) + as_text(table, writing)
    sheet = read(text.encode(writing.encoding), kind_of(writing, header_row=len(titles) + 1))
    assert_same_or_told(sheet, table)


PLAIN = st.text("abcXYZ0189é .:/_", min_size=1, max_size=8).filter(lambda cell: cell.strip() != "")


@MANY
@given(
    tables(PLAIN, least_width=3),
    WRITINGS,
    st.data(),
    st.sampled_from(["quote", "delimiter", "no delimiter", "other delimiter", "NUL"]),
)
def test_a_damaged_row_is_told_and_takes_no_other_with_it(
    table: Table, writing: Writing, data: st.DataObject, damage: str
) -> None:
    lines = as_text(table, Writing(writing.delimiter, writing.quote, writing.encoding, "\n", csv.QUOTE_MINIMAL)).split(
        "\n"
    )
    number = data.draw(st.integers(1, len(table) - 1), label="row")
    line = lines[number]
    places = [n for n, letter in enumerate(line) if letter == writing.delimiter]
    if damage == "quote":
        # At the beginning of a cell, where it opens what nothing closes.
        place = data.draw(st.sampled_from([-1, *places])) + 1
        line = line[:place] + writing.quote + line[place:]
    elif damage == "delimiter":
        place = data.draw(st.sampled_from(places))
        line = line[:place] + writing.delimiter + line[place:]
    elif damage == "no delimiter":
        place = data.draw(st.sampled_from(places))
        line = line[:place] + line[place + 1 :]
    elif damage == "other delimiter":
        other = data.draw(st.sampled_from([one for one in DELIMITERS if one != writing.delimiter]))
        line = line.replace(writing.delimiter, other)
    else:
        line = line[:1] + "\x00" + line[1:]
    damaged = "\n".join([*lines[:number], line, *lines[number + 1 :]]).encode(writing.encoding)
    sheet = read(damaged, kind_of(writing))
    assert [row.number for row in sheet.faulty] == [number + 1]
    assert rows_of(sheet) == [seen(row) for n, row in enumerate(table[1:], 1) if n != number]


def as_workbook(table: Table, above: int, left_blank: bool) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("Data")
        for n in range(above):
            sheet.write_string(n, 0, f"Title {n}")
        for n, row in enumerate(table, above):
            for m, cell in enumerate(row):
                if cell or not left_blank:
                    sheet.write_string(n, m, cell)
    return stream.getvalue()


@MANY
@given(tables(), st.integers(0, 4), st.booleans())
def test_a_workbook_gives_its_cells_back(table: Table, above: int, left_blank: bool) -> None:
    content = as_workbook(table, above, left_blank)
    sheet = read(content, agreed(kind="workbook", header_row=above + 1), "file.xlsx", "Data")
    assert_same_or_told(sheet, table)


@MANY
@given(tables(st.text("abcé09 <>&,;=+", max_size=8)))
def test_an_opendocument_spreadsheet_gives_its_cells_back(table: Table) -> None:
    def cell(text: str) -> str:
        inner = "<text:s/>".join(escape(part) for part in text.split("  "))
        return f'<table:table-cell office:value-type="string"><text:p>{inner}</text:p></table:table-cell>'

    assume(not any("  " in text for row in table for text in row))
    content = opendocument("Data", *("".join(map(cell, row)) for row in table))
    assert_same_or_told(read(content, agreed(kind="workbook"), "file.ods", "Data"), table)


@MANY
@given(
    st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**14), 10**14)), min_size=1)
)
def test_a_workbooks_numbers_are_the_same_numbers_as_text(numbers: list[float]) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_string(0, 0, "n")
        for n, number in enumerate(numbers, 1):
            sheet.write_number(n, 0, number)
    found = read(stream.getvalue(), agreed(kind="workbook"), "file.xlsx", "Data")
    # A spreadsheet keeps 15 to 17 digits; what XlsxWriter wrote is what must come back.
    assert [float(cell) for (cell,) in rows_of(found) if cell] == [float(f"{number:.16G}") for number in numbers]
    assert all(
        "e" in str(cell) or "." in str(cell) or abs(float(cell)) >= 1e15 or float(cell).is_integer()
        for (cell,) in rows_of(found)
        if cell
    )


WORDS = st.sampled_from(
    ["Anne", "Québec", "rue des Érables, 12", "3 h", "n/a", "2026-03-01", "15,50", "12", "7.25", "oui", "a;b", ""]
)


@MANY
@given(tables(WORDS, least_width=2), WRITINGS)
@example([["F", "F  _"], ["3 h", "3 h"], ["3 h", "3 h"]], Writing(",", '"', "utf-8", "\n", 0))
def test_without_an_agreement_the_cells_come_back_or_it_says_what_it_guessed(table: Table, writing: Writing) -> None:
    # Blanks at the end of a header look like another column where blanks might be delimiters.
    table = [[name.strip() for name in table[0]], *table[1:]]
    content = as_text(table, writing).encode(writing.encoding)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(content)
        try:
            found = read_any(path)
        except UnusableFileError:
            return
    told = {noticed.rule_id for noticed in found.noticed} | {row.rule_id for row in found.faulty}
    expected = [seen(row) for row in table[1:] if any(cell.strip() for cell in row)]
    if [seen(row) for row in found.rows] != expected or seen(found.headers) != seen(table[0]):
        assert told - {"spoilt_letters"}, "another table than was written, and not a word about it"
