"""The drop folder: what lies in it and has come to rest.

Belongs here: looking, without following a link or leaving the folder. Stays out: keeping what is found (archive). Names
of files and folders are the partners' own, in any script and length; they may hold names of persons.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

RECEIVED_FILE = "received.csv"
# How programs call a file while they write or fetch it.
UNFINISHED_ENDINGS = (
    ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".swp", ".lock", "~",
)  # fmt: skip
# A file touched since is looked at twice, so many seconds apart.
RECENT, PAUSE = 60.0, 0.3
_PIECE = 1 << 20


@dataclass(frozen=True)
class DroppedFile:
    """A file at rest: `relative` is its path below the drop folder, as text that can be written anywhere."""

    path: Path
    relative: str
    size: int
    mtime_ns: int


@dataclass
class DropFolder:
    """What a look found: files at rest, and how many it left alone and why."""

    files: list[DroppedFile] = field(default_factory=list)
    links: int = 0
    unfinished: int = 0
    unreadable_folders: int = 0


def look(raw: Path, wait: bool = True) -> DropFolder:
    """Files in agency folders, without hidden ones, lock files of office programs and files still being written.

    With `wait`, a file touched in the last minute must have the same size and the same bytes twice.
    """
    folder = DropFolder()
    _scan(raw, raw, folder)
    folder.files.sort(key=lambda file: file.relative)
    if wait:
        _leave_moving(folder)
    return folder


def _scan(raw: Path, inside: Path, folder: DropFolder) -> None:
    try:
        with os.scandir(inside) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError:
        folder.unreadable_folders += 1
        return
    for entry in entries:
        if entry.name.startswith((".", "~$")) or entry.name == RECEIVED_FILE:
            continue
        if entry.is_symlink():
            folder.links += 1
        elif entry.is_dir(follow_symlinks=False):
            _scan(raw, Path(entry.path), folder)
        elif entry.name.lower().endswith(UNFINISHED_ENDINGS):
            folder.unfinished += 1
        elif entry.is_file(follow_symlinks=False):
            stat = entry.stat(follow_symlinks=False)
            path = Path(entry.path)
            folder.files.append(DroppedFile(path, _text(path.relative_to(raw)), stat.st_size, stat.st_mtime_ns))


def _text(relative: Path) -> str:
    """Bytes of a name that are no letters are shown as such; the name on the disk stays as it is."""
    return os.fsencode(relative.as_posix()).decode("utf-8", errors="backslashreplace")


def _leave_moving(folder: DropFolder) -> None:
    recent = list(_recent(folder.files))
    if not recent:
        return
    before = {file.relative: _state(file) for file in recent}
    time.sleep(PAUSE)
    moving = {file.relative for file in recent if _state(file) != before[file.relative]}
    folder.files = [file for file in folder.files if file.relative not in moving]
    folder.unfinished += len(moving)


def _recent(files: list[DroppedFile]) -> Iterator[DroppedFile]:
    """Files written or moved here lately; a copy may carry the old file's time of writing."""
    for file in files:
        try:
            stat = file.path.stat(follow_symlinks=False)
        except OSError:
            continue
        if time.time() - max(stat.st_mtime, stat.st_ctime) < RECENT:
            yield file


def _state(file: DroppedFile) -> tuple[int, str]:
    """Size and hash now; both are nothing where the file cannot be read, or has gone."""
    digest = hashlib.sha256()
    try:
        with open_without_links(file.path) as stream:
            size = os.fstat(stream.fileno()).st_size
            while piece := stream.read(_PIECE):
                digest.update(piece)
    except OSError:
        return 0, ""
    return size, digest.hexdigest()


def open_without_links(path: Path) -> BinaryIO:
    """The file opened for reading; an error where a link took its place since it was listed."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
