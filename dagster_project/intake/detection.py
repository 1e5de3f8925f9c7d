"""Detection: what a file is when no agreement says it.

Belongs here: guessing a dialect for `dorsale read`, which shows what was understood. Stays out: intake itself, which
never guesses: it reads by the agreement.
"""

from __future__ import annotations

import codecs
import zipfile
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from dagster_project.contracts import FileKind
from dagster_project.intake.reading import Sheet, UnusableFileError, open_file

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
DELIMITERS = (";", "\t", ",", "|")
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_any(path: Path, sheet: str | None = None) -> Sheet:
    """The file's first table, or the named sheet's, as intake would read it.

    Raises `UnusableFileError` when it cannot be read.
    """
    if path.stat().st_size == 0:
        raise UnusableFileError("empty_file")
    if path.suffix.lower() in WORKBOOK_SUFFIXES:
        return open_file(path, _kind("workbook"))(sheet or _first_sheet(path))
    if path.suffix.lower() == ".zip":
        member, content = _member(path, sheet)
        return open_file(path, _text_kind(content, "zip"))(member)
    return open_file(path, _text_kind(path.read_bytes(), "text"))(None)


def _first_sheet(path: Path) -> str:
    try:
        return str(CalamineWorkbook.from_path(str(path)).sheet_names[0])
    except (CalamineError, OSError, ValueError, IndexError):
        raise UnusableFileError("unreadable_file") from None


def _member(path: Path, sheet: str | None) -> tuple[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            name = next(n for n in names if sheet is None or Path(n).name.casefold() == sheet.casefold())
            return Path(name).name, archive.read(name)
    except (zipfile.BadZipFile, OSError, RuntimeError):
        raise UnusableFileError("unreadable_file") from None
    except StopIteration:
        raise UnusableFileError("missing_sheet", sheet) from None


def _text_kind(content: bytes, kind: str) -> FileKind:
    """Encoding by its mark, else UTF-8 when it is, else Windows-1252; the delimiter is the header line's commonest."""
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), None)
    if encoding is None:
        try:
            content.decode("utf-8")
            encoding = "utf-8"
        except UnicodeDecodeError:
            encoding = "cp1252"
    header = content[:65536].decode(encoding, errors="replace").splitlines()[:1] or [""]
    delimiter = max(DELIMITERS, key=header[0].count)
    return _kind(kind, encoding, delimiter)


def _kind(kind: str, encoding: str = "utf-8", delimiter: str = ",") -> FileKind:
    return FileKind(
        pattern="",
        kind=kind,
        encoding=encoding,
        delimiter=delimiter,
        quote='"',
        header_row=1,
        totals_label=None,
        date_format="%Y-%m-%d",
        decimal_mark=".",
        delivers="month",
        extracts=(),
    )
