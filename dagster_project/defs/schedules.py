"""When to build: a job, a nightly schedule, and a sensor on the drop folder."""

import dagster as dg

from dagster_project.build_inputs import DropFolderError, awaiting_fingerprint, note_look
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
    """Asks for a build when there is something new to build and two looks, one after the other, found it the same.

    What it saw stands in data/state/sensor.json too, so that `dorsale status` tells when it fails or no longer looks.
    """
    try:
        # A hash: file names may hold names of persons, and a cursor is stored.
        now = awaiting_fingerprint(SETTINGS)
    except OSError as error:
        note_look(SETTINGS, type(error).__name__)
        # The error's own text names a path.
        raise DropFolderError(f"The drop folder cannot be looked at: {type(error).__name__}") from None
    note_look(SETTINGS, None)
    seen, asked = (context.cursor or "|").split("|")
    if now is None:
        return dg.SkipReason("The drop folder is empty.")
    if now == asked:
        return dg.SkipReason("Nothing new in the drop folder.")
    if now != seen:
        context.update_cursor(f"{now}|{asked}")
        return dg.SkipReason("Something is new; the next look tells whether it has come to rest.")
    context.update_cursor(f"{now}|{now}")
    return dg.RunRequest(run_key=now)


defs = dg.Definitions(jobs=[build, warehouse_only], schedules=[nightly], sensors=[drop_folder])
