"""Receipts of builds: what each build that made something new was made of, and a hash of each table that it made.

Belongs here: hashing tables by content, writing and reading receipts. Stays out: comparing them (verification). They
lie in the journal, since nothing can make them again, and are published nowhere: who knows a table but for one number
could find that number by its hash.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet

from dagster_project.settings import Settings
from dagster_project.whole_files import fingerprint, quoted, write_whole

# DuckDB's own hash of a row is ten times quicker than a cryptographic one; it is the same on every machine, for one
# version of DuckDB.
_CONTENT = "select count(*), sum(hash(t)), bit_xor(hash(t)) from {source} as t"


@dataclass(frozen=True)
class BuildReceipt:
    """What a build made. `tables` and `rooms` hold hashes by name: of content, whatever the order of rows; `archive`
    names all that had been received; `build_id` is that of the publication. `known_by` is set for a past day."""

    build_id: str
    as_of: str
    known_by: str | None
    code_version: str
    duckdb_version: str
    archive: str
    tables: dict[str, str]
    published: str


def table_hashes(warehouse: Path) -> dict[str, str]:
    """By `schema.table`, a hash of each table's columns and rows. Raises `duckdb.Error` where it cannot be read."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        columns = connection.execute("""
            select table_schema, table_name, string_agg(column_name || ' ' || data_type, ', ' order by ordinal_position)
            from information_schema.columns group by all order by all
        """).fetchall()
        hashes = {}
        for schema, table, described in columns:
            content = connection.execute(_CONTENT.format(source=f'"{schema}"."{table}"')).fetchone()
            hashes[f"{schema}.{table}"] = _short(f"{described}|{content}")
    return hashes


def parquet_hashes(folder: Path) -> dict[str, str]:
    """By `folder.file`, a hash of each Parquet file's columns and rows. Raises `duckdb.Error`."""
    hashes = {}
    with duckdb.connect() as connection:
        for path in sorted(folder.glob("*.parquet")):
            source = f"read_parquet({quoted(path)})"
            described = connection.execute(f"select column_name, column_type from (describe from {source})").fetchall()
            content = connection.execute(_CONTENT.format(source=source)).fetchone()
            hashes[f"{folder.name}.{path.stem}"] = _short(f"{described}|{content}")
    return hashes


def made_tables(settings: Settings) -> dict[str, str]:
    """The hashes of all tables that a build leaves: accepted rows, persons and families, and the warehouse."""
    return {
        **parquet_hashes(settings.accepted),
        **parquet_hashes(settings.identity),
        **table_hashes(settings.warehouse),
    }


def keep_receipt(settings: Settings) -> None:
    """Add the receipt of what lies there now to the journal, unless the last one says the same."""
    told = parquet.read_table(settings.published / "publication.parquet").to_pylist()[0]
    receipt = BuildReceipt(
        told["build_id"],
        told["as_of"].isoformat(),
        settings.known_by.isoformat() if settings.known_by else None,
        told["code_version"],
        duckdb.__version__,
        archive_hash(settings),
        made_tables(settings),
        fingerprint(settings.published),
    )
    last, number = last_receipt(settings)
    if receipt != last:
        content = json.dumps(asdict(receipt), indent=0)
        write_whole(settings.build_receipts / f"{number + 1:06d}.json", content.encode())


def last_receipt(settings: Settings) -> tuple[BuildReceipt | None, int]:
    """The newest receipt that can be read and the newest number; None and 0 before the first."""
    paths = sorted(settings.build_receipts.glob("[0-9]*.json"), reverse=True)
    for path in paths:
        try:
            return BuildReceipt(**json.loads(path.read_text(encoding="utf-8"))), int(paths[0].stem)
        except (ValueError, TypeError):
            # Damaged, or another version's.
            continue
    return None, int(paths[0].stem) if paths else 0


def list_kept(settings: Settings) -> dict[str, str]:
    """By its path below data/, a hash of each file that nothing can make again.

    An archived file bears its hash as its name; of a release and its site the whole folder is one.
    """
    listed = {f"archive/{path.name}": path.name for path in settings.archive.glob("??/*") if not path.suffix}
    others = [*settings.archive.glob("??/*.json"), *settings.archive.glob("*/*.parquet"), *settings.journal.rglob("*")]
    for path in others:
        if path.is_file() and not path.name.startswith(".") and path != settings.kept_list:
            is_receipt = path.suffix == ".json" and settings.archive in path.parents
            named = f"archive/{path.name}" if is_receipt else path.relative_to(settings.data).as_posix()
            listed[named] = hashlib.sha256(path.read_bytes()).hexdigest()
    for folder in (*settings.releases.glob("[!.]*"), *settings.released_sites.glob("[!.]*")):
        listed[folder.relative_to(settings.data).as_posix()] = fingerprint(folder)
    return listed


def note_kept(settings: Settings) -> None:
    """Note what is kept now, so that verification knows when something of it is gone or was altered."""
    write_whole(settings.kept_list, json.dumps(list_kept(settings), indent=0, sort_keys=True).encode())


def archive_hash(settings: Settings) -> str:
    """Changes with every file received; of the names in the archive, which are the hashes of the bytes."""
    names = sorted(path.name for path in settings.archive.glob("??/*"))
    return _short("|".join(names))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
