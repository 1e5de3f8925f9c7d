"""Restatements: final figures that a later publication changes, and why.

Belongs here: comparing the public tables with those of the latest release. Stays out: counting all changes (changes)
and publishing. Reads what was published and nothing else, so that a reader could do the same.
"""

from __future__ import annotations

import hashlib
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet

from dagster_project.changes import CELL, latest_release
from dagster_project.settings import Settings

_SCHEMA = pa.schema(
    [
        ("release_date", pa.date32()),
        ("indicator_id", pa.string()),
        ("interval_kind", pa.string()),
        ("interval_start", pa.date32()),
        ("agency_id", pa.string()),
        ("cells_count", pa.int64()),
        ("reason", pa.string()),
    ]
)
_COMPARED = ("indicator_values", "indicators", "receipts", "parameters")


def linkage_version(events_count: int) -> str:
    """Tells whether persons were merged or split between two publications, without telling how many."""
    return hashlib.sha256(f"linkage events {events_count}".encode()).hexdigest()[:12]


def restatements_so_far(settings: Settings, tables: dict[str, pa.Table], linkage: str) -> pa.Table:
    """The restatements of earlier releases, then those that the next one would bring (without a date)."""
    last = latest_release(settings)
    if last is None or not (last / "restatements.parquet").exists():
        return _SCHEMA.empty_table()
    with duckdb.connect() as connection:
        for name in _COMPARED:
            connection.register(f"new_{name}", tables[name])
            connection.register(f"old_{name}", parquet.read_table(last / f"{name}.parquet"))
        connection.register("old_publication", parquet.read_table(last / "publication.parquet"))
        new = connection.execute(_restated_cells(), [linkage]).to_arrow_table().cast(_SCHEMA)
    return pa.concat_tables([parquet.read_table(last / "restatements.parquet").cast(_SCHEMA), new])


def restatements_of_release(so_far: pa.Table, today: date) -> pa.Table:
    """The same table, in which those without a date bear the release's."""
    with duckdb.connect() as connection:
        connection.register("so_far", so_far)
        query = "select * replace (coalesce(release_date, cast(? as date)) as release_date) from so_far"
        return connection.execute(query, [today]).to_arrow_table().cast(_SCHEMA)


def _restated_cells() -> str:
    """Cells that were final and differ now. The first reason that holds is given: a new definition explains a change
    whatever else happened, and a linkage only what no file explains."""
    same_cell = " and ".join(f"n.{c} is not distinct from o.{c}" for c in CELL.split(", "))
    differs = " or ".join(f"n.{c} is distinct from o.{c}" for c in ("value", "missing_reason", "suppression"))
    same_receipt = " and ".join(
        f"{{0}}.{c} is not distinct from {{1}}.{c}"
        for c in ("indicator_id", "interval_kind", "interval_start", "agency_id")
    )
    return f"""
        with changed_parameters as (
          select n.parameter_id from new_parameters as n join old_parameters as o using (parameter_id)
          where n.value is distinct from o.value
        ),
        restated as (
          select n.* from new_indicator_values as n join old_indicator_values as o on {same_cell}
          where o.status = 'final' and ({differs})
        )
        select null::date as release_date, r.indicator_id, r.interval_kind, r.interval_start, r.agency_id,
          count(*) as cells_count,
          case
            when any_value(n_i.definition_version) <> any_value(o_i.definition_version) or exists (
              select 1 from changed_parameters as p
              where list_contains(string_split(coalesce(any_value(n_i.parameters), ''), ';'), p.parameter_id)
            ) then 'new_definition'
            when any_value(n_r.submissions_received) > any_value(o_r.submissions_received) then 'late_file'
            when any_value(n_r.submission_hashes) <> any_value(o_r.submission_hashes) then 'resubmission'
            when any_value(n_i.disclosure_class) = 'people'
              and ? <> (select linkage_version from old_publication) then 'linkage'
            else 'new_calculation'
          end as reason
        from restated as r
        join new_indicators as n_i using (indicator_id)
        join old_indicators as o_i using (indicator_id)
        left join new_receipts as n_r on {same_receipt.format("n_r", "r")}
        left join old_receipts as o_r on {same_receipt.format("o_r", "r")}
        group by r.indicator_id, r.interval_kind, r.interval_start, r.agency_id
        order by all
    """
