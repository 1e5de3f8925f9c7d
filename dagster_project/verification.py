"""Verification: whether what is kept is still what it was: the archive, the journal, the tables, the releases.

Belongs here: comparing bytes and contents with their receipts. Stays out: mending. A problem names a hash, a table, a
release or a file of the journal: never a name that a partner gave.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_project.build_receipts import last_receipt, list_kept, made_tables
from dagster_project.disclosure.rules import PublicationError
from dagster_project.intake.archive import archived_path, is_whole, receipt_path
from dagster_project.released_counts import earlier_counts
from dagster_project.settings import Settings
from dagster_project.tombstones import all_redactions, is_purged
from dagster_project.whole_files import fingerprint, quoted

RESTORE = "Bring it back from a backup: nothing can make it again."


@dataclass(frozen=True)
class Problem:
    """What is wrong: in which room, with which file or table, and what to do."""

    room: str
    what: str
    remedy: str


def verify(settings: Settings) -> tuple[list[Problem], dict[str, int]]:
    """All problems found, and how many things of each room were looked at."""
    looked: dict[str, int] = {}
    found = [
        *_archive_problems(settings, looked),
        *_kept_problems(settings, looked),
        *_journal_problems(settings, looked),
        *_table_problems(settings, looked),
        *_release_problems(settings, looked),
    ]
    # One place has one problem: the first that was found of it.
    problems = {(problem.room, problem.what): problem for problem in reversed(found)}
    return list(reversed(problems.values())), looked


def _archive_problems(settings: Settings, looked: dict[str, int]) -> Iterator[Problem]:
    """Each receipt has its file or the file's latest edition, unless it was purged; each file has a receipt."""
    backup = "Bring it back from a backup, or drop the same file once more."
    paths = [path for path in sorted(settings.archive.glob("??/*")) if not path.name.startswith(".")]
    files = {path.name for path in paths if not path.suffix}
    receipts = {path.stem for path in paths if path.suffix}
    editions = {redaction.kept_as for redaction in all_redactions(settings)}
    looked["archive"] = len(files | receipts)
    for sha256 in sorted(receipts):
        path = archived_path(settings, sha256)
        if not _is_receipt(receipt_path(settings, sha256), sha256):
            yield Problem(
                "archive",
                f"{sha256}.json",
                f"This receipt is damaged: it says who sent a file. {RESTORE}",
            )
        if is_purged(settings, sha256):
            continue
        if not path.exists():
            yield Problem("archive", path.name, f"The file is missing. {backup}")
        elif not is_whole(settings, sha256):
            yield Problem("archive", path.name, f"Its bytes are not those that were received. {backup}")
    for sha256 in sorted(files - receipts - editions):
        yield Problem(
            "archive",
            f"{sha256}.json",
            f"This receipt is missing: it says who sent a file. {RESTORE}",
        )


def _is_receipt(path: Path, sha256: str) -> bool:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return bool(told["sha256"] == sha256 and all("first_seen" in sighting for sighting in told["sightings"]))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _kept_problems(settings: Settings, looked: dict[str, int]) -> Iterator[Problem]:
    """Nothing of archive, journal and releases has gone or changed since the last build; more may have been added.

    A build that broke off may have seen a known file again, which its receipt tells: then only what is gone is told.
    """
    try:
        kept: dict[str, str] = json.loads(settings.kept_list.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        if any(room.exists() for room in (settings.archive, settings.warehouse, settings.releases)):
            said = "The list of what is kept is missing or damaged, so that nobody can tell what else is."
            yield Problem("journal", settings.kept_list.name, f"{said} Run make build.")
        return
    looked["kept"] = len(kept)
    now = list_kept(settings)
    for name, content in kept.items():
        room, _, rest = name.partition("/")
        if name not in now:
            yield Problem(room, rest, f"It is missing. {RESTORE}")
        elif now[name] != content and settings.last_build.exists():
            yield Problem(room, rest, f"It was altered since the last build. {RESTORE}")


def _journal_problems(settings: Settings, looked: dict[str, int]) -> Iterator[Problem]:
    """Every entry can be read."""
    paths = [path for path in sorted(settings.journal.rglob("[!.]*")) if path.is_file()]
    looked["journal"] = len(paths)
    for path in paths:
        if not _can_be_read(path):
            name = path.relative_to(settings.journal).as_posix()
            yield Problem("journal", name, f"It cannot be read. {RESTORE}")


def _can_be_read(path: Path) -> bool:
    try:
        if path.suffix == ".parquet":
            # Every value is read, not the footer alone.
            duckdb.sql(f"select sum(hash(t)) from read_parquet({quoted(path)}) as t").fetchall()
        elif path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        else:
            return path.stat().st_size > 0
    except (OSError, ValueError, duckdb.Error):
        return False
    return True


def _table_problems(settings: Settings, looked: dict[str, int]) -> Iterator[Problem]:
    """Each table has the content that its build's receipt tells of."""
    receipt, _ = last_receipt(settings)
    if receipt is None:
        return
    looked["tables"] = len(receipt.tables)
    remedy = "Run make build: it is made again from the archive."
    if receipt.duckdb_version != duckdb.__version__:
        yield Problem(
            "tables", "all", "They were made with another version of DuckDB. Run make build, and verify again."
        )
        return
    try:
        made = made_tables(settings)
    except duckdb.Error:
        yield Problem("tables", "warehouse.duckdb", f"It is missing or cannot be read. {remedy}")
        return
    for name in sorted(receipt.tables.keys() | made.keys()):
        if made.get(name) != receipt.tables.get(name):
            yield Problem("tables", name, f"Its content is not that of the last build. {remedy}")
    if not settings.published.exists():
        yield Problem("published", "data/published", f"It is missing. {remedy}")
    elif fingerprint(settings.published) != receipt.published and not _is_release(settings):
        yield Problem("published", "data/published", f"A file of it was altered. {remedy}")


def _is_release(settings: Settings) -> bool:
    """A release has hashes of its own."""
    return settings.published.resolve().parent == settings.releases.resolve()


def _release_problems(settings: Settings, looked: dict[str, int]) -> Iterator[Problem]:
    """Each release is what it was when it went out."""
    looked["releases"] = len(list(settings.releases.glob("????-??-??*")))
    try:
        earlier_counts(settings)
    except PublicationError as error:
        yield Problem("releases", "data/releases", str(error))
    except pa.ArrowInvalid:
        # The journal's part of it, which is named as what cannot be read.
        return
