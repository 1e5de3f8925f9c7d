"""Changes: what differs between a publication and the latest release.

Belongs here: comparing published cells, and finding the latest release. Stays out: publishing and releasing.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet

from dagster_project.settings import Settings

CELL = "indicator_id, interval_kind, interval_start, agency_id, program_id, zone_id, breakdown_kind, breakdown_code"


def latest_release(settings: Settings) -> Path | None:
    folders = sorted(settings.releases.glob("????-??-??*"), key=lambda p: (p.name[:10], int(p.name[11:] or 1)))
    return folders[-1] if folders else None


def changes_so_far(settings: Settings, values: pa.Table) -> pa.Table:
    """The changes of earlier releases, then those that the next one would bring (without a date)."""
    if latest_release(settings) is None:
        # Before the first release there is nothing to compare with.
        values = values.slice(0, 0)
    new = change_counts(settings, values)
    new = new.append_column("release_date", pa.nulls(len(new), pa.date32()))
    new = new.append_column("because", pa.nulls(len(new), pa.string()))
    last = latest_release(settings)
    if last is None:
        return new
    earlier = parquet.read_table(last / "changes.parquet")
    return pa.concat_tables([earlier, new.select(earlier.column_names).cast(earlier.schema)])


def change_counts(settings: Settings, values: pa.Table) -> pa.Table:
    """How many cells are new, changed or removed since the latest release, by indicator and kind of interval."""
    last = latest_release(settings)
    before = parquet.read_table(last / "indicator_values.parquet") if last else values.slice(0, 0)
    same = " and ".join(f"coalesce(n.{c}::varchar, '') = coalesce(o.{c}::varchar, '')" for c in CELL.split(", "))
    numbers = ("numerator", "denominator", "value", "value_low", "value_high")
    shown = (*numbers, "suppression", "missing_reason", "status")
    differs = " or ".join(f"n.{column} is distinct from o.{column}" for column in shown)
    with duckdb.connect() as connection:
        connection.register("now_values", values)
        connection.register("old_values", before)
        return connection.sql(f"""
            select coalesce(n.indicator_id, o.indicator_id) as indicator_id,
              coalesce(n.interval_kind, o.interval_kind) as interval_kind,
              count(*) filter (o.indicator_id is null) as cells_new,
              count(*) filter (o.indicator_id is not null and n.indicator_id is not null and ({differs}))
                as cells_changed,
              count(*) filter (n.indicator_id is null) as cells_removed
            from now_values as n full join old_values as o on {same}
            group by 1, 2 having cells_new + cells_changed + cells_removed > 0 order by 1, 2
        """).to_arrow_table()
