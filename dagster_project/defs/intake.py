"""Stage intake: files received, extracts read, reference tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import dagster as dg

from dagster_project.defs.resources import SETTINGS, as_of, expectations, stage, today
from dagster_project.intake.archive import all_sightings, receive_files
from dagster_project.intake.drop_folder import look
from dagster_project.intake.submissions import read_submissions
from dagster_project.reference import write_reference
from dagster_project.removal.completing import complete_removals
from dagster_project.removal.forgetting import honour_forgotten

REFERENCE_TABLES = (
    "build", "agencies", "agency_columns", "programs", "zones", "instruments", "age_bands", "intervals", "waves",
    "wave_intervals", "network_sectors", "labels", "rules", "code_groups",
)  # fmt: skip


@dg.asset(key=["intake", "archive"], group_name="intake", kinds={"python"})
def archive() -> dg.MaterializeResult[None]:
    """Every file of the drop folder, kept under its SHA-256 with a receipt."""
    with stage("receive") as progress:
        completed = complete_removals(replace(SETTINGS, known_by=None), expectations(), today())
        folder = look(SETTINGS.raw)
        sightings = receive_files(SETTINGS, folder)
        left = {
            "still being copied": folder.unfinished,
            "links not followed": folder.links,
            "folders that may not be opened": folder.unreadable_folders,
        }
        told = [f"{count} {why}" for why, count in left.items() if count]
        told += [f"{len(completed)} removals completed that had broken off"] if completed else []
        progress.counts = ", ".join([f"{len(sightings)} files seen", *told])
    return dg.MaterializeResult(metadata={"files_seen": len(sightings), **left})


@dg.asset(key=["intake", "extracts"], deps=[archive], group_name="intake", kinds={"python", "duckdb"})
def extracts() -> dg.MaterializeResult[None]:
    """Rows of the common datasets, mapped by the agreements; personal columns stay in the vault."""
    with stage("read") as progress:
        sightings = all_sightings(SETTINGS)
        progress.expect(len(sightings))
        read = Counter[str]()

        def on_file(agency_id: str) -> None:
            read[agency_id] += 1
            progress.advance(agency_id)

        submissions = read_submissions(SETTINGS, expectations(), sightings, on_file)
        if honour_forgotten(SETTINGS, expectations(), submissions, today()):
            submissions = read_submissions(SETTINGS, expectations(), sightings)
        rows = sum(extract.rows_in for submission in submissions for extract in submission.extracts)
        progress.counts = (
            f"{read.total()} files read, {len(sightings) - read.total()} known already, {rows} rows in all"
        )
    return dg.MaterializeResult(metadata={"files_read": read.total(), "rows": rows})


@dg.multi_asset(
    name="reference",
    group_name="intake",
    specs=[dg.AssetSpec(["reference", name], kinds={"python"}) for name in REFERENCE_TABLES],
)
def reference() -> Iterator[dg.MaterializeResult[None]]:
    """What the expectations say, as tables."""
    with stage("define"):
        write_reference(SETTINGS, expectations(), as_of())
    for name in REFERENCE_TABLES:
        yield dg.MaterializeResult(asset_key=["reference", name])


defs = dg.Definitions(assets=[archive, extracts, reference])
