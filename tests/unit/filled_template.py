"""Fills a template as a person does: into its own file, whose sheets, styles and lists stay as they are.

Belongs here: cells into a workbook's XML. Stays out: assertions.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape, unescape


def sheet_members(content: bytes) -> dict[str, str]:
    """By the name of each sheet, the member of the workbook that holds it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
    return {unescape(name, {"&apos;": "'"}): f"xl/worksheets/sheet{n}.xml" for n, name in enumerate(names, 1)}


def fill(content: bytes, rows: dict[str, list[list[str | float | None]]], ticked: tuple[str, ...] = ()) -> bytes:
    """Write rows from row 5 on, and an x into B2 of the ticked sheets."""
    members = {member: name for name, member in sheet_members(content).items()}
    filled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(filled, "w") as made:
        for member in archive.namelist():
            xml = archive.read(member).decode()
            name = members.get(member, "")
            styles = _styles(xml)
            lines = (f'<row r="{n}">{_cells(n, row, styles)}</row>' for n, row in enumerate(rows.get(name, []), 5))
            xml = xml.replace("</sheetData>", "".join(lines) + "</sheetData>")
            if name in ticked:
                xml = re.sub(r'<c r="B2"( s="\d+")/>', r'<c r="B2"\1 t="inlineStr"><is><t>x</t></is></c>', xml)
            made.writestr(member, xml)
    return filled.getvalue()


def _styles(xml: str) -> dict[int, str]:
    """Of each column its style, which a spreadsheet gives to what is typed into it."""
    found = re.findall(r'<col min="(\d+)" max="(\d+)"[^>]* style="(\d+)"', xml)
    return {n: style for first, last, style in found for n in range(int(first), int(last) + 1)}


def _cells(row: int, values: list[str | float | None], styles: dict[int, str]) -> str:
    cells = []
    for n, value in enumerate(values):
        place = f'{chr(65 + n)}{row}" s="{styles.get(n + 1, "0")}'
        if isinstance(value, str):
            cells.append(f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>')
        elif value is not None:
            cells.append(f'<c r="{place}"><v>{value}</v></c>')
    return "".join(cells)
