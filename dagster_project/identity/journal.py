"""The journal of identity: what earlier builds and people decided, in segments that are only ever added to.

Belongs here: reading and adding to `data/journal/<name>/`. Stays out: what the rows mean. No row holds the name of
anyone served.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.settings import Settings
from dagster_project.whole_files import quoted_list, write_rows


@dataclass(frozen=True)
class Journal:
    """One table of the journal.

    `columns` is its SQL definition, e.g. 'person_number bigint, person_id_shared varchar'; `dated` is the column with
    the day from which a row holds, None for rows that hold for every day.
    """

    settings: Settings
    name: str
    columns: str
    dated: str | None

    def load(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        """Create `table` with all rows so far, and `_segment`: the number of the segment that holds each.

        A build of a past day knows those of that day, and those that it would have added itself.
        """
        connection.execute(f"create table {table} ({self.columns}, _segment integer)")
        segments = self._segments()
        if segments:
            known_by = self.settings.known_by
            until = (
                f"where {self.dated} is null or {self.dated} <= date '{known_by}'" if known_by and self.dated else ""
            )
            connection.execute(f"""
                insert into {table} by name
                select * exclude (filename), cast(parse_filename(filename, true) as integer) as _segment
                from read_parquet({quoted_list(segments)}, filename = true, union_by_name = true) {until}
            """)
        if self.settings.known_by and self._is_overlaid(connection):
            connection.execute(f"insert into {table} by name from {self._overlay}")

    def add(self, connection: duckdb.DuckDBPyConnection, query: str) -> int:
        """Add a query's rows as a new segment, whole or not at all; none when there are none. Returns their number.

        A build of a past day adds for itself alone: the journal is of what was decided when it was.
        """
        connection.execute(f"create or replace temp table _added as {query}")
        row = connection.sql("select count(*) from _added").fetchone()
        count = int(row[0]) if row else 0
        if count:
            following = max((int(path.stem) for path in self._segments()), default=0) + 1
            if self.settings.known_by:
                connection.execute(
                    f"create temp table {self._overlay} as select *, {following} as _segment from _added"
                )
            else:
                write_rows(connection, "from _added", self._folder / f"{following:06d}.parquet")
        return count

    @property
    def _folder(self) -> Path:
        return self.settings.journal / self.name

    @property
    def _overlay(self) -> str:
        return f"_{self.name}_of_a_past_day"

    def _is_overlaid(self, connection: duckdb.DuckDBPyConnection) -> bool:
        found = connection.execute("select 1 from duckdb_tables() where table_name = ?", [self._overlay]).fetchone()
        return found is not None

    def _segments(self) -> list[Path]:
        return sorted(self._folder.glob("[0-9]*.parquet"))
