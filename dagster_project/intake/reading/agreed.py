"""Agreed reading: a file by its agreement, and where it came a little otherwise, in the one way that surely fits.

Belongs here: headers that moved, another delimiter than agreed, the tick of a template. Stays out: guessing; another
way is taken only where all the headers that cannot be missed are found by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from dagster_project.contracts import FileKind
from dagster_project.intake.reading import Noticed, Sheet, SheetReader, UnusableFileError, open_file, plain
from dagster_project.intake.reading.archives import open_zip
from dagster_project.intake.reading.cells import text_of
from dagster_project.intake.reading.records import DELIMITERS, Dialect, read_records
from dagster_project.intake.reading.text import decode
from dagster_project.intake.reading.workbooks import Workbook

# Rows and letters that titles above the headers may take.
MOST_TITLES, MOST_LETTERS_ABOVE = 30, 200_000


@dataclass(frozen=True)
class AgreedFile:
    """The sheets of a file that its agreement names, each read or with the reason why not."""

    sheets: dict[str | None, Sheet | UnusableFileError]

    def open_sheet(self, name: str | None) -> Sheet:
        """The sheet. Raises `UnusableFileError`."""
        found = self.sheets[name]
        if isinstance(found, UnusableFileError):
            raise found
        return found


def read_agreed(path: Path, kind: FileKind, needed: dict[str | None, frozenset[str]]) -> AgreedFile:
    """All the sheets that are named in `needed`, with the headers that each cannot do without.

    Raises `UnusableFileError` when the file cannot be opened at all.
    """
    open_sheet = open_file(path, kind)
    sheets: dict[str | None, Sheet | UnusableFileError] = {}
    for name, headers in needed.items():
        try:
            sheets[name] = _read_sheet(path, kind, open_sheet, name, headers)
        except UnusableFileError as error:
            sheets[name] = error
    return AgreedFile(sheets)


def _read_sheet(
    path: Path, kind: FileKind, open_sheet: SheetReader, name: str | None, headers: frozenset[str]
) -> Sheet:
    refusal: UnusableFileError | None = None
    sheet: Sheet | None = None
    try:
        sheet = open_sheet(name)
        if _has_all(sheet, headers):
            return sheet
    except UnusableFileError as error:
        if error.rule_id not in ("no_header", "empty_file"):
            raise
        refusal = error
    other, noticed = _other_way(path, kind, name, headers) if headers else (None, [])
    if other is not None:
        sheet = open_file(path, other)(name)
        return replace(sheet, noticed=(*sheet.noticed, *noticed))
    if sheet is None:
        raise refusal or UnusableFileError("unreadable_file", name)
    return sheet


def _has_all(sheet: Sheet, headers: frozenset[str]) -> bool:
    return all(sheet.column_of(header) is not None for header in headers)


def _other_way(
    path: Path, kind: FileKind, name: str | None, headers: frozenset[str]
) -> tuple[FileKind | None, list[Noticed]]:
    """The agreed way with the header's row or the delimiter changed so that every header is found, if there is one."""
    wanted = {plain(header) for header in headers}
    for delimiter in _delimiters(kind):
        changed = replace(kind, delimiter=delimiter)
        noticed = [] if delimiter == kind.delimiter else [Noticed("other_delimiter")]
        for row, cells in enumerate(_first_rows(path, changed, name), 1):
            if wanted <= {plain(cell) for cell in cells}:
                moved = [] if row == kind.header_row else [Noticed("header_moved", row)]
                return replace(changed, header_row=row), [*noticed, *moved]
    return None, []


def _delimiters(kind: FileKind) -> list[str]:
    if kind.kind == "workbook":
        return [kind.delimiter]
    return [kind.delimiter, *(delimiter for delimiter in DELIMITERS if delimiter != kind.delimiter)]


def _first_rows(path: Path, kind: FileKind, name: str | None) -> Iterator[list[str]]:
    """The cells of a sheet's first rows."""
    content = path.read_bytes()
    if kind.kind == "workbook":
        cells, _ = Workbook(content).grid(name)
        yield from ([text_of(cell) or "" for cell in row] for row in cells[:MOST_TITLES])
        return
    if kind.kind == "zip":
        content = open_zip(content)(name)
    text, _ = decode(content, kind.encoding, name)
    for record in islice(read_records(text[:MOST_LETTERS_ABOVE], Dialect(kind.delimiter, kind.quote)), MOST_TITLES):
        yield record.cells
