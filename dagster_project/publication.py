"""Publication: the tables that may leave the house, as Parquet and CSV with a Data Package and receipts.

Belongs here: what is published, and switching from one version to the next. Stays out: computing an indicator (dbt) and
deciding what is hidden (disclosure); knows no stage before the warehouse.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as parquet

from dagster_project import disclosure
from dagster_project.changes import CELL, change_counts, changes_so_far
from dagster_project.settings import Settings
from dagster_project.whole_files import point_to

PREVIEW, RELEASE = "preview", "release"
KEPT_PREVIEWS = 2

# What each table is, for the Data Package.
DESCRIPTIONS = {
    "indicators": "Definitions of the indicators. One row per indicator.",
    "indicator_values": "The indicators. One row per indicator, interval, slice and breakdown.",
    "intervals": "Months, quarters and reporting years. One row per interval.",
    "agencies": "The partner agencies. One row per agency.",
    "programs": "The agencies' programmes. One row per programme.",
    "zones": "The zones of the region. One row per zone.",
    "labels": "Words for codes, in English and French. One row per kind and code.",
    "parameters": "Time limits that the definitions name. One row per parameter.",
    "disclosure_rules": "Which counts are hidden. One row per disclosure class.",
    "submissions": "What was expected and received. One row per agency, dataset and period.",
    "data_quality": "How often a rule was broken. One row per agency, dataset, period and rule.",
    "receipts": "What a number was made of. One row per indicator, interval and agency (null: all).",
    "changes": "What changed since the release before. One row per release, indicator and kind of interval.",
    "publication": "This publication: preview or release, its day and its totals. One row.",
}

# What a column means where its name does not say it, for the Data Package.
COLUMN_DESCRIPTIONS = {
    "numerator": "The count, or the part of a share; null when hidden or missing.",
    "denominator": "The whole of a share, or how many a mean or median is of; null for a count.",
    "value": "The indicator's value; null when hidden or missing.",
    "value_low": "Lower end of the linkage band: the least count when records are matched as chosen, strictly or "
    "leniently (as a rule leniently). Null when the indicator has no band, or when an end of it is a small count.",
    "value_high": "Upper end of the linkage band: the greatest of those counts (as a rule strictly). Null with it.",
    "bound_low": "Worst case for partners that are missing; null until computed.",
    "bound_high": "Best case for partners that are missing; null until computed.",
    "breakdown_kind": "What the cell is broken down by; null for all. `linkability` counts those apart who did not "
    "consent to linking.",
    "has_linkage_band": "True for a count of persons, families or households: values have value_low and value_high.",
    "suppression": "shown, hidden (to protect privacy) or missing (missing_reason says why).",
}

_PLAIN_QUERIES = {
    "indicators": "select * exclude (slices, has_total, key_datasets) from marts.dim_indicators order by indicator_id",
    "intervals": "from marts.dim_dates order by kind_order, interval_start",
    "agencies": "from marts.dim_agencies order by agency_id",
    "programs": "select program_id, agency_id, name_en, name_fr from marts.dim_programs order by agency_id, program_id",
    "zones": "from marts.dim_zones order by zone_order",
    "labels": "from marts.dim_labels order by sort_order",
    "parameters": "from seeds.parameters order by parameter_id",
    "disclosure_rules": "from seeds.disclosure_rules order by disclosure_class",
}

_RECEIPTS = """
    with asked as (
      select distinct v.indicator_id, v.interval_kind, v.interval_start, v.interval_end, v.agency_id,
        v.submissions_expected, v.submissions_received, i.datasets, i.definition_version
      from marts.fct_indicator_values as v join marts.dim_indicators as i using (indicator_id)
    ),
    -- The extracts that cover the interval: those of its periods, and those that hold everything.
    covering as (
      select a.indicator_id, a.interval_kind, a.interval_start, a.agency_id,
        list(distinct left(e.submission_id, 12)) as hashes
      from asked as a join marts.fct_submission_extracts as e
        on (a.agency_id is null or a.agency_id = e.agency_id)
        and (a.datasets = 'submissions' or list_contains(string_split(a.datasets, ';'), e.dataset))
        and e.state in ('accepted', 'nil')
        and (e.delivers = 'everything' or (e.period_start <= a.interval_end and e.period_end >= a.interval_start))
      group by all
    )
    select left(md5(concat_ws('|', a.indicator_id, a.interval_kind, a.interval_start, coalesce(a.agency_id, 'all'))),
        12) as receipt_id,
      a.* exclude (datasets, definition_version), a.definition_version,
      coalesce(array_to_string(list_sort(c.hashes), ';'), '') as submission_hashes
    from asked as a left join covering as c
      on c.indicator_id = a.indicator_id and c.interval_kind = a.interval_kind
      and c.interval_start = a.interval_start and coalesce(c.agency_id, '') = coalesce(a.agency_id, '')
    order by a.indicator_id, a.interval_kind, a.interval_start, a.agency_id nulls first
"""


@dataclass(frozen=True)
class PublicationTally:
    """What was published, in counts that are public themselves. `is_new` is false when nothing changed."""

    build_id: str
    is_new: bool
    families: int | None
    indicators: int
    cells: int
    cells_hidden: int


def publish_preview(settings: Settings, code_version: str) -> PublicationTally:
    """Publish the warehouse as a preview, in one atomic step, unless this very content is already there."""
    tables = _collect(settings, code_version)
    tables["changes"] = changes_so_far(settings, tables["indicator_values"])
    build_id = _content_id(tables, code_version)
    tables["receipts"] = tables["receipts"].append_column("build_id", pa.array([build_id] * len(tables["receipts"])))
    tables["publication"] = _publication_row(tables, build_id, code_version)
    row = tables["publication"].to_pylist()[0]
    current = current_publication(settings)
    is_new = current is None or (current["build_id"], current["kind"]) != (build_id, PREVIEW)
    if is_new:
        folder = settings.publications / f"{PREVIEW}-{build_id}"
        write_tables(tables, folder)
        point_to(settings.published, folder)
        _forget_old_previews(settings)
    return PublicationTally(
        build_id, is_new, row["families_count"], row["indicators_count"], row["cells_count"], row["cells_hidden"]
    )


def current_publication(settings: Settings) -> dict[str, Any] | None:
    """The one row of the published table `publication`, or None before the first build."""
    path = settings.published / "publication.parquet"
    return parquet.read_table(path).to_pylist()[0] if path.exists() else None


def prepare_release(settings: Settings, because: str, today: date) -> tuple[Path, Path]:
    """Write the preview as a release, aside; return that folder and the place it will be moved to.

    Raises `FileNotFoundError` when there is no preview to release.
    """
    current = current_publication(settings)
    if current is None:
        raise FileNotFoundError("There is no preview to release: run make build first.")
    tables = {path.stem: parquet.read_table(path) for path in settings.published.glob("*.parquet")}
    changes = change_counts(settings, tables["indicator_values"])
    own = changes.append_column("release_date", pa.array([today] * len(changes), pa.date32()))
    own = own.append_column("because", pa.array([because] * len(changes), pa.string()))
    earlier = tables["changes"].filter(pc.is_valid(tables["changes"]["release_date"]))
    tables["changes"] = pa.concat_tables([earlier, own.select(earlier.column_names).cast(earlier.schema)])
    row = {**current, "kind": RELEASE, "published_date": today, "because": because}
    tables["publication"] = pa.Table.from_pylist([row], schema=tables["publication"].schema)
    target = settings.releases / today.isoformat()
    number = 2
    while target.exists():
        target = settings.releases / f"{today.isoformat()}-{number}"
        number += 1
    aside = settings.publications / f"{RELEASE}-{target.name}"
    write_tables(tables, aside)
    return aside, target


def write_tables(tables: dict[str, pa.Table], folder: Path) -> None:
    """Write every table as Parquet and CSV with `datapackage.json`; the folder appears when it is whole."""
    building = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for name, table in tables.items():
        parquet.write_table(table, building / f"{name}.parquet", compression="zstd")
        pacsv.write_csv(table, building / f"{name}.csv")
    package = _data_package(tables, building)
    (building / "datapackage.json").write_text(json.dumps(package, indent=2, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)


def _collect(settings: Settings, code_version: str) -> dict[str, pa.Table]:
    """The public tables, with hidden cells hidden, from the marts."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:

        def query(sql: str) -> pa.Table:
            return connection.sql(sql).to_arrow_table()

        tables = {name: query(sql) for name, sql in _PLAIN_QUERIES.items()}
        values = query("from marts.fct_indicator_values")
        indicators = query("from marts.dim_indicators")
        rules = tables["disclosure_rules"]
        receipts = query(_RECEIPTS)
        people = query("from seeds.disclosure_rules where disclosure_class = 'people'").to_pylist()[0]
        few = (people["hidden_from"], people["hidden_to"])
        submissions = query("select * exclude (is_expected) from marts.fct_submissions where state <> 'superseded'")
        findings = query("""select q.*, l.rule_label_en, l.rule_label_fr
            from marts.fct_data_quality as q left join marts.dim_rules as l using (rule_id)""")
        tables["build"] = query("from marts.dim_build")
        tables["files"] = query("""select count(distinct submission_id) as files_received
            from marts.fct_submission_extracts where state in ('accepted', 'nil', 'superseded')""")
    suppressed = disclosure.suppress_indicator_values(values, indicators, rules)
    tables["indicator_values"] = _with_receipt_ids(suppressed, receipts)
    tables["submissions"] = disclosure.suppress_row_counts(submissions, *few)
    tables["data_quality"] = disclosure.suppress_finding_counts(findings, *few)
    tables["receipts"] = receipts.append_column("code_version", pa.array([code_version] * len(receipts), pa.string()))
    return tables


def _with_receipt_ids(values: pa.Table, receipts: pa.Table) -> pa.Table:
    with duckdb.connect() as connection:
        connection.register("cells", values)
        connection.register("receipts", receipts)
        return connection.sql(f"""
            select v.*, r.receipt_id
            from cells as v join receipts as r
              on r.indicator_id = v.indicator_id and r.interval_kind = v.interval_kind
              and r.interval_start = v.interval_start and coalesce(r.agency_id, '') = coalesce(v.agency_id, '')
            order by {", ".join(f"v.{column} nulls first" for column in CELL.split(", "))}
        """).to_arrow_table()


def _publication_row(tables: dict[str, pa.Table], build_id: str, code_version: str) -> pa.Table:
    """The totals come from the public tables, so that they hide what those hide."""
    build, files = tables.pop("build"), tables.pop("files")
    with duckdb.connect() as connection:
        for name in ("indicator_values", "indicators", "agencies", "submissions"):
            connection.register(name, tables[name])
        connection.register("build", build)
        connection.register("files", files)
        return connection.execute(
            f"""
            with families as (
              select value, value_low, value_high from indicator_values
              where indicator_id = 'families_served_count'
                and coalesce(agency_id, program_id, zone_id, breakdown_kind) is null
                and interval_kind not in ('month', 'quarter')
              order by interval_end desc, interval_kind limit 1
            )
            select '{PREVIEW}' as kind, as_of as published_date, as_of, ? as build_id, ? as code_version,
              initiative_name_en, initiative_name_fr, cast(null as varchar) as because, contact,
              (select value::bigint from families) as families_count,
              (select value_low::bigint from families) as families_count_low,
              (select value_high::bigint from families) as families_count_high,
              (select count(*) from agencies) as agencies_count,
              (select files_received from files) as submissions_count,
              (select count(*) from indicators) as indicators_count,
              (select count(*) from indicator_values) as cells_count,
              (select count(*) from indicator_values where suppression = 'hidden') as cells_hidden
            from build
            """,
            [build_id, code_version],
        ).to_arrow_table()


def _content_id(tables: dict[str, pa.Table], code_version: str) -> str:
    """The same content of all tables gives the same id, whatever the day."""
    digest = hashlib.sha256(code_version.encode())
    for name in sorted(tables):
        digest.update(name.encode())
        sink = pa.BufferOutputStream()
        pacsv.write_csv(tables[name], sink)
        digest.update(sink.getvalue())
    return digest.hexdigest()[:12]


def _data_package(tables: dict[str, pa.Table], folder: Path) -> dict[str, Any]:
    """Frictionless Data Package of the folder: the CSV files are its resources, the Parquet files stand beside them."""
    row = tables["publication"].to_pylist()[0]
    return {
        "profile": "tabular-data-package",
        "name": "dorsale-indicators",
        "title": row["initiative_name_en"],
        "version": f"{row['published_date']}-{row['kind']}",
        "id": row["build_id"],
        "licenses": [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0"}],
        "resources": [
            {
                "name": name.replace("_", "-"),
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "description": DESCRIPTIONS[name],
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": (folder / f"{name}.csv").stat().st_size,
                "hash": "sha256:" + hashlib.sha256((folder / f"{name}.csv").read_bytes()).hexdigest(),
                "schema": {"fields": list(_fields(tables[name].schema)), "missingValues": [""]},
            }
            for name in sorted(tables)
        ],
    }


def _fields(schema: pa.Schema) -> Iterable[dict[str, str]]:
    for field in schema:
        if pa.types.is_boolean(field.type):
            kind = "boolean"
        elif pa.types.is_integer(field.type):
            kind = "integer"
        elif pa.types.is_floating(field.type) or pa.types.is_decimal(field.type):
            kind = "number"
        else:
            kind = "date" if pa.types.is_date(field.type) else "string"
        described = {"description": COLUMN_DESCRIPTIONS[field.name]} if field.name in COLUMN_DESCRIPTIONS else {}
        yield {"name": field.name, "type": kind, **described}


def _forget_old_previews(settings: Settings) -> None:
    """Keep the current preview and the one before it, which a running site build may still read."""
    previews = sorted(settings.publications.glob(f"{PREVIEW}-*"), key=lambda path: path.stat().st_mtime)
    for folder in previews[:-KEPT_PREVIEWS]:
        shutil.rmtree(folder)
