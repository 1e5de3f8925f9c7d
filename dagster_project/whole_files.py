"""Files and folders as wholes: hashed, written or switched so that nobody ever sees half of one.

Belongs here: the few moves on which every stage's safety rests. Stays out: what the files hold.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# Ends the name of what is being written.
UNFINISHED = ".unfinished"


def fingerprint(folder: Path, pattern: str = "**/*") -> str:
    """One hash over the names and bytes of a folder's files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.glob(pattern) if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A path to write to; what lies there takes the place of `path` when the block ends well.

    A reader, a kill or a power cut finds the old file or the new one, never half of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        yield temporary
        put_in_place(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def put_in_place(finished: Path, path: Path) -> None:
    """Give a finished file or folder its name, once its bytes are on the disk."""
    for part in [*finished.rglob("*"), finished]:
        _settle(part)
    finished.replace(path)
    _settle(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with written_whole(path) as temporary:
        temporary.write_bytes(content)


def write_rows(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write a query's rows as Parquet, whole or not at all."""
    with written_whole(path) as temporary:
        connection.execute(f"copy ({query}) to {quoted(temporary)} (format parquet, compression zstd)")


def quoted(path: Path | str) -> str:
    """A path as text of SQL: a folder's name may hold an apostrophe."""
    return "'" + str(path).replace("'", "''") + "'"


def quoted_list(paths: Iterable[Path | str]) -> str:
    """Paths as a list of SQL."""
    return f"[{', '.join(quoted(path) for path in paths)}]"


def sweep_unfinished(folder: Path) -> None:
    """Remove what writers that were killed left below a folder."""
    for path in folder.rglob(f".*{UNFINISHED}"):
        process = path.name.removesuffix(UNFINISHED).rpartition(".")[2]
        if process == str(os.getpid()) or not process.isdigit() or not _is_running(int(process)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _settle(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def point_to(link: Path, folder: Path) -> None:
    """Make `link` lead to `folder` in one atomic step; a real folder in its place is moved aside first."""
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.exists() and not link.is_symlink():
        number = 1
        while (aside := link.with_name(f"{link.name}.replaced-{number}")).exists():
            number += 1
        link.rename(aside)
    temporary = link.with_name(f".{link.name}.{os.getpid()}{UNFINISHED}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(os.path.relpath(folder, link.parent), target_is_directory=True)
    temporary.replace(link)
    _settle(link.parent)
