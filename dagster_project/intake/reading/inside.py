"""Inside a workbook: what the library that reads cells does not tell, or tells too late.

Belongs here: the zip and the XML of a workbook: passwords, entities, how far a sheet reaches, macros and other objects
that are not read, formulas without a value, number formats that show zeros. Stays out: reading cells. Macros never run:
no reader here knows any.
"""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from dagster_project.intake.reading.archives import CheckedZip, checked_zip
from dagster_project.intake.reading.cells import text_of
from dagster_project.intake.reading.old_workbooks import refuse_harm
from dagster_project.intake.reading.sheets import MOST_CELLS, Noticed, UnusableFileError, reaches_too_far

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHEET_XML = re.compile(r"xl/worksheets/[^/]+\.xml")
_REFERENCE = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"')


def look_inside(content: bytes) -> tuple[CheckedZip | None, list[Noticed]]:
    """The zip that the workbook is, if it is one, and what in it is not read.

    Raises `UnusableFileError` for what is no workbook, needs a password or would do harm.
    """
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnusableFileError("password_protected")
        refuse_harm(content)
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
            _refuse_harmful_xml(archive, name)
    noticed = []
    if any(name.casefold().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
        noticed.append(Noticed("macros_ignored"))
    if any("/embeddings/" in name or "/externalLinks/" in name or name.startswith("Object ") for name in names):
        noticed.append(Noticed("embedded_objects_ignored"))
    return archive, noticed


def _refuse_harmful_xml(archive: CheckedZip, name: str) -> None:
    """Entities have no place in a workbook's XML; a cell in the last corner asks for more memory than there is."""
    xml = archive.read(name)
    if b"<!DOCTYPE" in xml[:4096] or b"<!ENTITY" in xml[:65536]:
        raise UnusableFileError("unsafe_file")
    if _SHEET_XML.fullmatch(name) and reaches_too_far(_cells_spanned(xml), xml.count(b"<c ")):
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
    end = xml[xml.rfind(b"<row ") :]
    last = re.search(rb'r="(\d+)"', end[:200])
    rows = int(last[1]) if last else 0
    # The sheet's own word on its width; should it lie, the worker's memory is the limit.
    stated = re.search(rb'<dimension ref="[A-Z]+\d+:([A-Z]{1,3})\d+"', xml[:4096])
    if stated and not reaches_too_far(rows * column_number(stated[1]), 0):
        # A stray cell is most often in the last row.
        strays = [column_number(letters) for letters in re.findall(rb'<c r="([A-Z]{1,3})\d', end)]
        if max(strays, default=0) <= column_number(stated[1]):
            return rows * column_number(stated[1])
    places = _REFERENCE.findall(xml)
    highest = max((column_number(letters) for letters in {letters for letters, _ in places}), default=0)
    return max((int(row) for _, row in places), default=0) * highest


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def formulas_without_value(xml: bytes) -> set[int]:
    """Rows in which a formula was never calculated: the cell looks empty, which it is not."""
    if b"<f" not in xml or not any(mark in xml for mark in (b"</f></c>", b"<f/></c>", b"</f><v></v>", b"</f><v/>")):
        return set()
    rows = set()
    for cell in re.finditer(rb'<c [^>]*?r="[A-Z]{1,3}(\d{1,7})"[^>/]*>(.*?)</c>', xml, re.DOTALL):
        if b"<f" in cell[2] and not re.search(rb"<v>[^<]", cell[2]):
            rows.add(int(cell[1]))
    return rows


def show_zeros(cells: list[list[Any]], xml: bytes, widths: dict[int, int]) -> None:
    """Numbers under a format such as 00000 become the text that the spreadsheet shows, zeros in front and all."""
    if not widths:
        return
    for cell in re.finditer(rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(\d+)"(?: t="n")?><v>\d+</v>', xml):
        width, row, column = widths.get(int(cell[3])), int(cell[2]) - 1, column_number(cell[1]) - 1
        if width and row < len(cells) and column < len(cells[row]):
            cells[row][column] = str(text_of(cells[row][column]) or "").zfill(width)


def zero_widths(archive: CheckedZip) -> dict[int, int]:
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


def failed_formulas(xml: bytes) -> set[int]:
    """Rows in which a formula failed: the library shows such a cell as a blank one."""
    if b't="e"' not in xml:
        return set()
    return {int(found[1]) for found in re.finditer(rb'<c (?=[^>]*t="e")[^>]*?r="[A-Z]{1,3}(\d{1,7})"', xml)}


def sheet_xml(archive: CheckedZip | None, sheet: str) -> bytes:
    """The XML of a sheet by the workbook's own table of them; empty where it is no XLSX."""
    if archive is None or "xl/workbook.xml" not in archive.names:
        return b""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    rels = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    named = re.search(rf'<(?:\w+:)?sheet [^>]*name="{re.escape(escape(sheet, {chr(34): "&quot;"}))}"[^>]*>', book)
    rid = re.search(r'r:id="([^"]+)"', named[0]) if named else None
    if rid is None:
        return b""
    entry = re.search(rf'<Relationship [^>]*Id="{re.escape(rid[1])}"[^>]*>', rels)
    target = re.search(r'Target="([^"]+)"', entry[0]) if entry else None
    if target is None:
        return b""
    path = target[1].lstrip("/")
    path = path if path.startswith("xl/") else f"xl/{path}"
    return archive.read(path) if path in archive.names else b""
