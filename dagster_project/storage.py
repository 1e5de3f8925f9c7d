"""Storage: what a person is told when the disk or its permissions stop a command.

Belongs here: recognising such errors, whichever library raises them, and words without a path. Stays out: every other
kind of error.
"""

from __future__ import annotations

import errno
from pathlib import Path

from dagster_project.settings import Settings

UNCHANGED = "What was there before is as it was, and nothing that was received is lost."
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
# DuckDB and Arrow give the system's words in their texts, SQLite its own.
_FULL_WORDS = ("No space left on device", "Disk quota exceeded", "database or disk is full", "disk I/O error")
_FORBIDDEN_WORDS = (
    "Permission denied", "Operation not permitted", "Read-only file system", "readonly database",
    "unable to open database file",
)  # fmt: skip


class StorageError(Exception):
    """The disk is full, or a room may not be written to; the message says which room and what to do."""


def storage_problem(settings: Settings, error: BaseException | str) -> str | None:
    """What to tell of an error, or None when it is none of storage. An error's own text names files: it is not told."""
    number = error.errno if isinstance(error, OSError) else None
    text = str(error)
    if number in _FULL or any(words in text for words in _FULL_WORDS):
        return f"The disk is full. Free some space, then run the same command again. {UNCHANGED}"
    if number in _FORBIDDEN or any(words in text for words in _FORBIDDEN_WORDS):
        room = _room(settings, error)
        return (
            f"{room} may not be read or written to. Give the user who runs Dorsale that permission, then run the same"
            f" command again. {UNCHANGED}"
        )
    if number in (errno.EIO, errno.EFBIG, errno.EMFILE, errno.ENFILE):
        name = errno.errorcode[number]
        return f"{_room(settings, error)} could not be read or written to ({name}): look at the disk. {UNCHANGED}"
    return None


def _room(settings: Settings, error: BaseException | str) -> str:
    """The folder directly below the data root: names further down may be persons'."""
    for told in (getattr(error, "filename", None), getattr(error, "filename2", None)):
        if told and Path(str(told)).is_relative_to(settings.data):
            parts = Path(str(told)).relative_to(settings.data).parts
            return f"data/{parts[0]}" if parts and not parts[0].startswith(".") else "The data folder"
    rooms = [path.name for path in sorted(settings.data.glob("[!.]*")) if f"{path}/" in str(error)]
    return f"data/{rooms[0]}" if rooms else "A folder of the data"
