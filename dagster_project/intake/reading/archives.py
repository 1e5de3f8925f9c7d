"""Archives: zip files, and the zip inside every modern workbook, are looked at before they are unpacked.

Belongs here: finding members, and refusing what would fill the memory or needs a password. Stays out: what the members
hold. Nothing is ever unpacked to the disk, so no name of a member can lead out of a folder.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

from dagster_project.intake.reading.sheets import UnusableFileError

# Unpacked, no partner's file is larger; packed text shrinks by ten, not by hundreds.
MOST_UNPACKED = 2 * 1024**3
MOST_SHRUNK, SHRUNK_FROM = 200, 64 * 1024**2
MOST_MEMBERS = 10_000
_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError)


class CheckedZip:
    """An archive that can be unpacked without harm; `checked_zip` makes it."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self._read: dict[str, bytes] = {}
        self.names = [name for name in archive.namelist() if not name.endswith("/")]

    def read(self, name: str, sheet: str | None = None) -> bytes:
        """A member's bytes: never more than is allowed, whatever its entry says. Raises `UnusableFileError`."""
        if name not in self._read:
            try:
                with self._archive.open(name) as stream:
                    content = stream.read(MOST_UNPACKED + 1)
            except (*_DAMAGED, zlib.error, KeyError):
                raise UnusableFileError("unreadable_file", sheet) from None
            if len(content) > MOST_UNPACKED:
                raise UnusableFileError("file_too_large", sheet)
            self._read[name] = content
        return self._read[name]


def checked_zip(content: bytes) -> CheckedZip:
    """The archive, when it can be unpacked without harm. Raises `UnusableFileError`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except _DAMAGED:
        raise UnusableFileError("unreadable_file") from None
    unpacked = sum(member.file_size for member in members)
    is_bomb = unpacked > SHRUNK_FROM and unpacked > MOST_SHRUNK * len(content)
    if unpacked > MOST_UNPACKED or is_bomb or len(members) > MOST_MEMBERS:
        raise UnusableFileError("file_too_large")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise UnusableFileError("password_protected")
    return CheckedZip(archive)


def open_zip(content: bytes) -> Callable[[str | None], bytes]:
    """A function that gives the bytes of the member of a name, in any folder and case. Raises `UnusableFileError`."""
    if not content.startswith(b"PK"):
        raise UnusableFileError("other_kind_of_file")
    archive = checked_zip(content)
    if "[Content_Types].xml" in archive.names or "mimetype" in archive.names:
        # A workbook or a document, which is a zip of another kind.
        raise UnusableFileError("other_kind_of_file")
    members: dict[str, list[str]] = {}
    for name in archive.names:
        # Every member is unpacked once, so that a damaged one is found even where nobody asks for it.
        archive.read(name)
        members.setdefault(_plain_name(name), []).append(name)

    def read(sheet: str | None) -> bytes:
        found = members.get(_plain_name(str(sheet)), [])
        if not found:
            raise UnusableFileError("missing_sheet", sheet)
        if len(found) > 1:
            raise UnusableFileError("sheet_twice", sheet)
        return archive.read(found[0], sheet)

    return read


def _plain_name(name: str) -> str:
    return unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name).casefold()
