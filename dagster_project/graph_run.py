"""A run of the graph: one job of Dagster in this very process.

Belongs here: preparing Dagster, running a job, telling what failed. Stays out: whether there is anything to do, and the
steps.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from dagster_project.settings import Settings
from dagster_project.storage import storage_problem
from dagster_project.whole_files import write_whole

# Errors of ours: their texts are for the person who builds, and hold no value of a row.
OUR_ERRORS = (
    "ArchiveError", "BusyError", "MappingError", "PublicationError", "RulesError", "SiteError", "StorageError",
    "UnforgettableError", "WarehouseError",
)  # fmt: skip


class BuildError(Exception):
    """The build stopped; the message names the step and the kind of error, never a value of a row."""


class UnforeseenError(BuildError):
    """The build stopped by an error that is none of ours: what earlier builds kept may be damaged."""


def run_job(settings: Settings, job_name: str) -> None:
    """Run a job of the graph (`build` or `warehouse`). Raises `BuildError`."""
    # Three large libraries make hundreds of thousands of lasting objects: looking for garbage among them costs seconds.
    gc.set_threshold(200_000, 20, 20)
    # Notes of the libraries to their developers, not to the person who builds.
    warnings.filterwarnings("ignore", module="dagster")
    try:
        prepare_dagster_home(settings)
        # In the main thread Dagster would hold back what asks to stop until a step ends, and then call it a failure. A
        # build may be killed at any point and the next continues: so it stops at once.
        with ThreadPoolExecutor(1) as beside, _stopping_at_once():
            result = beside.submit(_execute, job_name).result()
    except Exception as error:
        # Dagster's own history lies on the same disk.
        problem = storage_problem(settings, error)
        if problem is None:
            raise
        raise BuildError(problem) from None
    # What is left at the end goes with the process: collecting it piece by piece would cost another second.
    gc.freeze()
    if not result.success:  # type: ignore[attr-defined]
        _raise_failures(result)


def _execute(job_name: str) -> object:
    import dagster as dg

    from dagster_project.definitions import defs

    with dg.DagsterInstance.get() as instance:
        return defs.resolve_job_def(job_name).execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )


@contextmanager
def _stopping_at_once() -> Iterator[None]:
    """What asks to stop ends the process as if it was killed, unless who started it said not to listen."""
    heard = [asked for asked in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(asked) is not signal.SIG_IGN]
    before = {asked: signal.signal(asked, signal.SIG_DFL) for asked in heard}
    try:
        yield
    finally:
        for asked, handler in before.items():
            signal.signal(asked, handler)


def prepare_dagster_home(settings: Settings) -> None:
    """Dagster's history in one database below `data/dagster`; what steps print is not kept."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    history = {"config": {"base_dir": str(settings.dagster_home / "history")}}
    storage = "dagster._core.storage"
    configuration = {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        "compute_logs": {"module": f"{storage}.noop_compute_log_manager", "class": "NoOpComputeLogManager"},
        "event_log_storage": {
            "module": "dagster_project.defs.history",
            "class": "OpenHistory",
            **history,
        },
        "run_storage": {"module": f"{storage}.runs", "class": "SqliteRunStorage", **history},
        "schedule_storage": {"module": f"{storage}.schedules", "class": "SqliteScheduleStorage", **history},
    }
    # JSON is YAML.
    write_whole(settings.dagster_home / "dagster.yaml", json.dumps(configuration, indent=1).encode())
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "true"
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")


def _raise_failures(result: object) -> None:
    """Step and kind of each failure. Texts of errors of other libraries may repeat values; those of ours do not."""
    failures, are_ours = [], True
    for event in result.all_events:  # type: ignore[attr-defined]
        if event.event_type_value == "STEP_FAILURE":
            error = event.event_specific_data.error
            cause = error.cause or error
            is_ours = cause.cls_name in OUR_ERRORS
            are_ours = are_ours and is_ours
            # A full disk is no fault of the step.
            told = cause.message.strip().removeprefix(f"dagster_project.storage.{cause.cls_name}: ")
            failures.append(f"{event.step_key}: {told if is_ours else cause.cls_name}")
    raise (BuildError if are_ours else UnforeseenError)("; ".join(failures))
