"""Write tables as text, XLSX, ODS or zip, so that the same tables always give the same bytes.

Belongs here: file formats, and everything in them that would otherwise follow the clock. What the tables say stays out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import xlsxwriter

from dagster_project.demonstration.tables import Cell, Table, Tables, as_text

FIXED_TIME = (2025, 1, 1, 0, 0, 0)
NIL_TEXT = "Rien à déclarer pour cette période. / Nothing to report for this period.\n"
ODS_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_MIMETYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    "<office:document-content"
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    '<office:automatic-styles><number:date-style style:name="day"><number:year number:style="long"/>'
    '<number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text>'
    '<number:day number:style="long"/></number:date-style>'
    '<style:style style:name="date" style:family="table-cell" style:data-style-name="day"/>'
    "</office:automatic-styles><office:body><office:spreadsheet>"
)
ODS_TAIL = "</office:spreadsheet></office:body></office:document-content>"


@dataclass(frozen=True)
class TextFormat:
    """How an agency writes its text files."""

    encoding: str = "utf-8"
    delimiter: str = ","
    date_format: str = "%Y-%m-%d"
    decimal_mark: str = "."
    line_end: str = "\r\n"


def render_text(table: Table, form: TextFormat) -> bytes:
    """A table as the bytes of a text file."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=form.delimiter, lineterminator=form.line_end)
    writer.writerow(table.header)
    writer.writerows([as_text(cell, form.date_format, form.decimal_mark) for cell in row] for row in table.rows)
    text = buffer.getvalue()
    if form.encoding == "utf-16":
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode(form.encoding)


def write_nil(folder: Path, month: date, dataset: str = "") -> Path:
    """A nil return for a month, of one dataset or of all."""
    path = folder / f"AUCUN_{month:%Y-%m}{'_' if dataset else ''}{dataset}.txt"
    path.write_bytes(NIL_TEXT.encode())
    return path


def write_zip(path: Path, members: Iterable[tuple[str, bytes, int]]) -> None:
    """Members (name, bytes, compression) with a fixed time and no trace of the machine."""
    with ZipFile(path, "w") as archive:
        for name, content, compression in members:
            info = ZipInfo(name, FIXED_TIME)
            info.compress_type, info.create_system, info.external_attr = compression, 0, 0
            archive.writestr(info, content)


def write_text_zip(path: Path, tables: Tables, form: TextFormat) -> None:
    """A zip with one text file a table."""
    write_zip(path, ((name, render_text(table, form), ZIP_DEFLATED) for name, table in tables.items()))


def write_xlsx(
    path: Path, tables: Tables, titles: list[str] | None = None, totals_label: str = "", date_format: str = ""
) -> None:
    """One sheet a table, with title rows above the header and a totals row at the end where asked.

    Dates and moments are true ones, or text when a date format is given.
    """
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    workbook.set_properties({"created": datetime(*FIXED_TIME, tzinfo=UTC), "author": "", "title": ""})
    day_format = workbook.add_format({"num_format": "yyyy-mm-dd"})
    moment_format = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for name, table in tables.items():
        sheet = workbook.add_worksheet(name)
        below: list[list[Cell]] = [[totals_label, len(table.rows)]] if totals_label else []
        for place, row in enumerate([*rows_with_header(table, titles), *below]):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime) and not date_format:
                    sheet.write_datetime(place, column, cell, moment_format)
                elif isinstance(cell, date) and not date_format:
                    sheet.write_datetime(place, column, cell, day_format)
                elif isinstance(cell, int | float):
                    sheet.write_number(place, column, cell)
                elif cell is not None and cell != "":
                    sheet.write_string(place, column, as_text(cell, date_format))
    workbook.close()


def rows_with_header(table: Table, titles: list[str] | None) -> list[list[Cell]]:
    """Title rows, header and rows, as they stand in a sheet."""
    above: list[list[Cell]] = [[title] for title in titles or []]
    return [*above, [*table.header], *table.rows]


def write_ods(path: Path, tables: Tables, titles: list[str] | None = None) -> None:
    """One sheet a table, with title rows above the header; dates and numbers as such."""
    parts = [ODS_HEAD]
    for name, table in tables.items():
        parts.append(f'<table:table table:name="{escape(name)}">')
        parts.extend(ods_row(row) for row in rows_with_header(table, titles))
        parts.append("</table:table>")
    content = "".join([*parts, ODS_TAIL]).encode()
    members = [
        ("mimetype", ODS_MIMETYPE.encode(), ZIP_STORED),
        ("META-INF/manifest.xml", ODS_MANIFEST.encode(), ZIP_DEFLATED),
        ("content.xml", content, ZIP_DEFLATED),
    ]
    write_zip(path, members)


def ods_row(row: list[Cell]) -> str:
    """A row of an ODS table."""
    return f"<table:table-row>{''.join(ods_cell(cell) for cell in row)}</table:table-row>"


def ods_cell(cell: Cell) -> str:
    """A cell of an ODS table."""
    if cell is None or cell == "":
        return "<table:table-cell/>"
    shown = f"<text:p>{escape(as_text(cell, '%Y-%m-%d'))}</text:p></table:table-cell>"
    if isinstance(cell, date):
        kind = f'table:style-name="date" office:value-type="date" office:date-value="{cell:%Y-%m-%d}"'
    elif isinstance(cell, int | float):
        kind = f'office:value-type="float" office:value="{cell:g}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}>{shown}"
