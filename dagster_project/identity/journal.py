"""The journal of identity: what earlier builds and people decided, in segments that are only ever added to.

Belongs here: reading and adding to `data/journal/<name>/`. Stays out: what the rows mean. No row holds the name of
anyone served.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.whole_files import write_rows


@dataclass(frozen=True)
class Journal:
    """One table of the journal: `columns` is its SQL definition, e.g. 'person_number bigint, person_id_shared
    varchar'."""

    folder: Path
    columns: str

    def load(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        """Create `table` with all rows so far, and `_segment`: the number of the segment that holds each."""
        segments = self._segments()
        if not segments:
            connection.execute(f"create table {table} ({self.columns}, _segment integer)")
            return
        connection.execute(f"""
            create table {table} as
            select * exclude (filename), cast(parse_filename(filename, true) as integer) as _segment
            from read_parquet({[str(path) for path in segments]!r}, filename = true)
        """)

    def add(self, connection: duckdb.DuckDBPyConnection, query: str) -> int:
        """Add a query's rows as a new segment, whole or not at all; none when there are none. Returns their number."""
        connection.execute(f"create or replace temp table _added as {query}")
        row = connection.sql("select count(*) from _added").fetchone()
        count = int(row[0]) if row else 0
        if count:
            self.folder.mkdir(parents=True, exist_ok=True)
            last = max((int(path.stem) for path in self._segments()), default=0)
            write_rows(connection, "from _added", self.folder / f"{last + 1:06d}.parquet")
        return count

    def _segments(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.parquet"))
