"""Files and folders as wholes: hashed, written or switched so that nobody ever sees half of one.

Belongs here: the few moves on which every stage's safety rests. Stays out: what the files hold.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def fingerprint(folder: Path, pattern: str = "**/*") -> str:
    """One hash over the names and bytes of a folder's files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.glob(pattern) if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a power cut, sees the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def write_rows(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write a query's rows as Parquet; the old file stays until the new one is whole."""
    temporary = path.with_name(f".{path.name}")
    connection.execute(f"copy ({query}) to '{temporary}' (format parquet, compression zstd)")
    temporary.replace(path)


def point_to(link: Path, folder: Path) -> None:
    """Make `link` lead to `folder` in one atomic step; a real folder in its place is moved aside first."""
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.exists() and not link.is_symlink():
        number = 1
        while (aside := link.with_name(f"{link.name}.replaced-{number}")).exists():
            number += 1
        link.rename(aside)
    temporary = link.with_name(f".{link.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(os.path.relpath(folder, link.parent), target_is_directory=True)
    temporary.replace(link)
