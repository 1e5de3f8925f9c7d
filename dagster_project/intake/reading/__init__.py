"""Reading: a file of any agreed kind becomes sheets of text cells, each row with its place in the file.

Belongs here: encodings, dialects and formats. Stays out: what the columns mean. Errors of the libraries repeat values
of rows, so they end here: only coded errors without values leave.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dagster_project.contracts import FileKind
from dagster_project.intake.reading.archives import open_zip
from dagster_project.intake.reading.sheets import MOST_CELLS, FaultyRow, Noticed, Sheet, UnusableFileError, plain
from dagster_project.intake.reading.text import read_text, refuse_other_kinds
from dagster_project.intake.reading.workbooks import Workbook

__all__ = [
    "MOST_CELLS",
    "FaultyRow",
    "Noticed",
    "Sheet",
    "SheetReader",
    "UnusableFileError",
    "content_of",
    "open_file",
    "plain",
]

SheetReader = Callable[[str | None], Sheet]

# A file larger than this is no partner's month: it is refused before it is opened.
MOST_BYTES = 2 * 1024**3


def content_of(path: Path) -> bytes:
    """The file's bytes. Raises `UnusableFileError`."""
    if path.stat().st_size > MOST_BYTES:
        raise UnusableFileError("file_too_large")
    try:
        return path.read_bytes()
    except OSError:
        raise UnusableFileError("unreadable_file") from None


def open_file(path: Path, kind: FileKind) -> SheetReader:
    """A function that reads the sheet of a given name from the file.

    Raises `UnusableFileError` when the file cannot be opened; the function raises it when the sheet cannot be read.
    """
    content = content_of(path)
    if not content:
        raise UnusableFileError("empty_file")
    if kind.kind == "text":
        refuse_other_kinds(content)
        return lambda _sheet: read_text(content, kind)
    if kind.kind == "zip":
        read_member = open_zip(content)

        def read(sheet: str | None) -> Sheet:
            member = read_member(sheet)
            refuse_other_kinds(member, sheet)
            return read_text(member, kind, sheet)

        return read
    workbook = Workbook(content)
    return lambda sheet: workbook.read(sheet, kind)
