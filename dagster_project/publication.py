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
from dagster_project.changes import change_counts, changes_so_far
from dagster_project.disclosure.protection import Hiding, find_hiding
from dagster_project.public_tables import COLUMN_DESCRIPTIONS, DESCRIPTIONS, hidden_tables, read_marts
from dagster_project.released_counts import decided_releases, earlier_counts, has_preview, keep_preview, keep_release
from dagster_project.restatements import linkage_version, restatements_of_release, restatements_so_far
from dagster_project.settings import Settings
from dagster_project.whole_files import UNFINISHED, fingerprint, point_to, put_in_place, write_whole

PREVIEW, RELEASE = "preview", "release"
KEPT_PREVIEWS = 2
PROOF = "disclosure_proof.json"


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
    marts = read_marts(settings)
    hiding = _hiding(settings, marts.judged.counts)
    tables, counts = hidden_tables(marts, hiding, code_version)
    linkage_events = tables["build"]["linkage_events_count"][0].as_py()
    tables["changes"] = changes_so_far(settings, tables["indicator_values"])
    tables["restatements"] = restatements_so_far(settings, tables, linkage_version(linkage_events))
    build_id = _content_id(tables, code_version)
    tables["receipts"] = tables["receipts"].append_column("build_id", pa.array([build_id] * len(tables["receipts"])))
    tables["publication"] = _publication_row(tables, build_id, code_version)
    row = tables["publication"].to_pylist()[0]
    current = current_publication(settings)
    is_new = current is None or (current["build_id"], current["kind"]) != (build_id, PREVIEW)
    if is_new or not has_preview(settings, build_id):
        keep_preview(settings, build_id, counts)
    if is_new:
        folder = settings.publications / f"{PREVIEW}-{build_id}"
        write_tables(tables, folder, hiding.proof)
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

    Raises `FileNotFoundError` when there is no preview to release, and `PublicationError`.
    """
    current = current_publication(settings)
    if current is None or not has_preview(settings, current["build_id"]):
        raise FileNotFoundError("There is no preview to release: run make build first.")
    earlier_counts(settings)
    tables = {path.stem: parquet.read_table(path) for path in settings.published.glob("*.parquet")}
    changes = change_counts(settings, tables["indicator_values"])
    own = changes.append_column("release_date", pa.array([today] * len(changes), pa.date32()))
    own = own.append_column("because", pa.array([because] * len(changes), pa.string()))
    earlier = tables["changes"].filter(pc.is_valid(tables["changes"]["release_date"]))
    tables["changes"] = pa.concat_tables([earlier, own.select(earlier.column_names).cast(earlier.schema)])
    tables["restatements"] = restatements_of_release(tables["restatements"], today)
    row = {**current, "kind": RELEASE, "published_date": today, "because": because}
    tables["publication"] = pa.Table.from_pylist([row], schema=tables["publication"].schema)
    target = settings.releases / today.isoformat()
    number = 2
    while target.exists():
        target = settings.releases / f"{today.isoformat()}-{number}"
        number += 1
    aside = settings.publications / f"{RELEASE}-{target.name}"
    write_tables(tables, aside, json.loads((settings.published / PROOF).read_text(encoding="utf-8")))
    return aside, target


def decide_release(settings: Settings, aside: Path, target: Path) -> None:
    """Make a prepared release what is published. From the journal's entry on, it is one, whatever ends this command."""
    build_id = parquet.read_table(aside / "publication.parquet")["build_id"][0].as_py()
    keep_release(settings, target.name, build_id, aside)
    place_release(settings, target)


def place_release(settings: Settings, target: Path) -> None:
    """Move a decided release to its place and point to it."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(settings.publications / f"{RELEASE}-{target.name}", target)
    point_to(settings.published, target)


def release_to_place(settings: Settings) -> Path | None:
    """The place of a release that was decided while its folder is still aside; None when there is none."""
    for release in decided_releases(settings):
        target = settings.releases / release
        if not target.exists() and (settings.publications / f"{RELEASE}-{release}").exists():
            return target
    return None


def _hiding(settings: Settings, counts: pa.Table) -> Hiding:
    """What must be hidden; found once for the same counts, releases and rules.

    Raises `PublicationError`.
    """
    earlier = earlier_counts(settings)
    digest = hashlib.sha256(fingerprint(Path(disclosure.__file__).parent, "*.py").encode())
    for table in (counts, *earlier):
        sink = pa.BufferOutputStream()
        pacsv.write_csv(table, sink)
        digest.update(sink.getvalue())
    path = settings.hiding
    known = json.loads(path.read_text()) if path.exists() else {}
    if known.get("of") != digest.hexdigest():
        found = find_hiding(counts, earlier)
        known = {"of": digest.hexdigest(), "hidden_units": found.hidden_units, "proof": found.proof}
        write_whole(path, json.dumps(known).encode())
    return Hiding(known["hidden_units"], known["proof"])


def write_tables(tables: dict[str, pa.Table], folder: Path, proof: dict[str, object]) -> None:
    """Write every table as Parquet and CSV with `datapackage.json`; the folder appears when it is whole."""
    building = folder.with_name(f".{folder.name}.{os.getpid()}{UNFINISHED}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for name, table in tables.items():
        parquet.write_table(table, building / f"{name}.parquet", compression="zstd")
        pacsv.write_csv(table, building / f"{name}.csv")
    (building / PROOF).write_text(json.dumps(proof, indent=2), encoding="utf-8")
    package = _data_package(tables, building)
    (building / "datapackage.json").write_text(json.dumps(package, indent=2, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    put_in_place(building, folder)


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
              (select count(*) from agencies where sector <> 'backbone') as agencies_count,
              (select files_received from files) as submissions_count,
              (select count(*) from indicators) as indicators_count,
              (select count(*) from indicator_values) as cells_count,
              (select count(*) from indicator_values where suppression = 'hidden') as cells_hidden,
              ? as linkage_version
            from build
            """,
            [build_id, code_version, linkage_version(build["linkage_events_count"][0].as_py())],
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
