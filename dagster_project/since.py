"""Since a past day: how today's figures differ from those that could be known then.

Belongs here: comparing the warehouse of a past day (`AS_OF`) with the one of today that lies beside it. Stays out:
making either. Counts of cells, files and events only: nothing here tells of a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.changes import CELL
from dagster_project.settings import Settings
from dagster_project.whole_files import quoted, written_whole


@dataclass(frozen=True)
class Since:
    """What changed between a past day and today. `cells` are those of intervals that had ended by that day;
    `table` lists them by indicator."""

    day: date
    as_of: date
    table: Path
    files_came: int
    files_replaced: int
    cells: int
    cells_changed: int
    cells_gone: int
    events: int

    def lines(self) -> Iterator[str]:
        """In words, a line each."""
        yield f"Since {self.day}, as of {self.as_of}:"
        yield f"  {self.files_came} files came; {self.files_replaced} that counted then do not any more"
        yield (
            f"  {self.cells_changed} of {self.cells} figures of intervals that had ended by then are others now,"
            f" {self.cells_gone} are gone"
        )
        yield f"  {self.events} merges and splits of persons or families"


def changes_since(settings: Settings, day: date) -> Since | None:
    """Compare the warehouse of `day` with today's; None where today's is not there.

    Writes `reports/since_<day>.csv`: indicator_id, interval_kind, cells, cells_changed, cells_gone.
    """
    if not settings.warehouse_of_today.exists():
        return None
    same = " and ".join(f"t.{column} is not distinct from n.{column}" for column in CELL.split(", "))
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(settings.warehouse)} as past (read_only)")
        connection.execute(f"attach {quoted(settings.warehouse_of_today)} as now (read_only)")
        connection.execute(f"""
            create table compared as
            select t.indicator_id, t.interval_kind, count(*) as cells,
              count(*) filter (n.indicator_id is not null and (
                t.value is distinct from n.value or t.missing_reason is distinct from n.missing_reason
              )) as cells_changed,
              count(*) filter (n.indicator_id is null) as cells_gone
            from past.marts.fct_indicator_values as t left join now.marts.fct_indicator_values as n on {same}
            where t.interval_end <= date '{day}'
            group by all order by all
        """)
        path = settings.reports / f"since_{day}.csv"
        with written_whole(path) as temporary:
            connection.table("compared").write_csv(str(temporary))
        counts = connection.execute(f"""
            with past_files as (from past.marts.fct_submission_extracts),
            now_files as (from now.marts.fct_submission_extracts)
            select (select as_of from now.marts.dim_build),
              (select count(distinct submission_id) from now_files where received_date > date '{day}'),
              (select count(distinct submission_id) from past_files as p
                join now_files as n using (submission_id, dataset)
                where p.state = 'accepted' and n.state <> 'accepted'),
              (select coalesce(sum(cells), 0) from compared), (select coalesce(sum(cells_changed), 0) from compared),
              (select coalesce(sum(cells_gone), 0) from compared),
              (select linkage_events_count from now.marts.dim_build)
                - (select linkage_events_count from past.marts.dim_build)
        """).fetchone()
    assert counts is not None
    as_of, *numbers = counts
    return Since(day, as_of, path, *map(int, numbers))
