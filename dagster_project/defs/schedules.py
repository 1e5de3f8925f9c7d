"""When to build: a job, a nightly schedule, and a sensor on the drop folder."""

import hashlib
from datetime import UTC, datetime

import dagster as dg

from dagster_project.defs.resources import SETTINGS

build = dg.define_asset_job(
    "build", selection="*", description="Drop folder to site.", executor_def=dg.in_process_executor
)
warehouse_only = dg.define_asset_job(
    "warehouse",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(["published", "site"]),
    description="Drop folder to published tables, without the site.",
    executor_def=dg.in_process_executor,
)
nightly = dg.ScheduleDefinition(name="nightly", job=build, cron_schedule="0 3 * * *", execution_timezone="UTC")


@dg.sensor(job=build, minimum_interval_seconds=60)
def drop_folder(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Asks for a build when the drop folder holds other files than last time, and the newest has come to rest."""
    stats = sorted(
        (path.relative_to(SETTINGS.raw).as_posix(), path.stat().st_size, path.stat().st_mtime_ns)
        for path in SETTINGS.raw.glob("*/**/*")
        if path.is_file()
    )
    if not stats:
        return dg.SkipReason("The drop folder is empty.")
    newest = datetime.fromtimestamp(max(mtime for _, _, mtime in stats) / 1e9, UTC)
    if (datetime.now(UTC) - newest).total_seconds() < 30:
        return dg.SkipReason("A file is still being written.")
    # A hash: file names may hold names of persons, and a cursor is stored.
    cursor = hashlib.sha256(repr(stats).encode()).hexdigest()
    if cursor == context.cursor:
        return dg.SkipReason("Nothing new in the drop folder.")
    context.update_cursor(cursor)
    return dg.RunRequest(run_key=cursor)


defs = dg.Definitions(jobs=[build, warehouse_only], schedules=[nightly], sensors=[drop_folder])
