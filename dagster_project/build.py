"""A build: the whole graph in this one process, or nothing when nothing is new.

Belongs here: deciding whether there is anything to do, running the job, telling what it did. Stays out: the steps.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import warnings
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from dagster_project.intake.drop_folder import RECEIVED_FILE, look
from dagster_project.settings import Settings
from dagster_project.whole_files import fingerprint, write_whole


class DropFolderError(Exception):
    """The drop folder cannot be looked at; the message holds no path, for names of folders may be names of persons."""


class BuildError(Exception):
    """The build stopped; the message names the step and the kind of error, never a value of a row."""


@dataclass(frozen=True)
class BuildSummary:
    """What a build did, in counts."""

    files_seen: int
    rows_in: int
    rows_accepted: int
    rows_quarantined: int
    files_by_state: dict[str, int]
    families: int | None
    indicators: int
    cells: int
    cells_hidden: int
    kind: str
    as_of: str


def inputs_fingerprint(settings: Settings, as_of: date) -> str:
    """Changes whenever a build would have anything to do: dropped files, expectations, code, models, the day."""
    digest = hashlib.sha256(f"{as_of}|{os.environ.get('AS_OF', '')}".encode())
    digest.update(drop_folder_fingerprint(settings).encode())
    digest.update(fingerprint(settings.expectations).encode())
    # With another token key other persons meet.
    key_file = os.environ.get("DORSALE_TOKEN_KEY_FILE")
    digest.update(os.environ.get("DORSALE_TOKEN_KEY", "").encode())
    digest.update(Path(key_file).read_bytes() if key_file and Path(key_file).is_file() else b"")
    for pattern in ("**/*.py", "**/*.yml"):
        digest.update(fingerprint(settings.project / "dagster_project", pattern).encode())
    digest.update(fingerprint(settings.dbt, "*.yml").encode())
    for folder in ("models", "seeds", "macros", "tests"):
        for path in sorted((settings.dbt / folder).rglob("*")):
            if path.is_file() and path.name != "_sources.yml":
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def drop_folder_fingerprint(settings: Settings) -> str:
    """Changes with every file at rest in the drop folder, and with the days that received.csv files state."""
    listed = [(file.relative, file.size, file.mtime_ns) for file in look(settings.raw, wait=False).files]
    stated = [path.read_bytes() for path in sorted(settings.raw.glob(f"*/{RECEIVED_FILE}")) if not path.is_symlink()]
    return hashlib.sha256(repr((listed, stated)).encode()).hexdigest()


def awaiting_fingerprint(settings: Settings) -> str | None:
    """Changes with all that a person can do to make a build worth while; None while there is no file at all."""
    folder = look(settings.raw, wait=False)
    if folder.unreadable_folders:
        raise PermissionError
    if not folder.files:
        return None
    parts = (drop_folder_fingerprint(settings), _answers_fingerprint(settings), folder.unfinished)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def note_look(settings: Settings, failure: str | None) -> None:
    """Keep when the sensor last looked, and the kind of error if it could not."""
    looked = {"looked_at": datetime.now(UTC).isoformat(timespec="seconds"), "failure": failure}
    write_whole(settings.state / "sensor.json", json.dumps(looked).encode())


def last_look(settings: Settings) -> dict[str, str | None]:
    """When the sensor last looked at the drop folder, and the kind of error (`failure`) if it could not."""
    path = settings.state / "sensor.json"
    looked: dict[str, str | None] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return looked


def last_build(settings: Settings) -> tuple[str | None, BuildSummary | None]:
    """Fingerprint and summary of the last build that ended well, where what it made is still there.

    Nothing when the steward has decided something since.
    """
    path = settings.state / "build.json"
    if (
        not path.exists()
        or not settings.warehouse.exists()
        or not (settings.published / "publication.parquet").exists()
    ):
        return None, None
    data = json.loads(path.read_text(encoding="utf-8"))
    if data.get("answers") != _answers_fingerprint(settings):
        return None, None
    return data["fingerprint"], BuildSummary(**data["summary"])


def _answers_fingerprint(settings: Settings) -> str:
    """Changes when a person writes into the review workbook, undoes a merge, lets a held submission through, or has
    something removed.

    Taken after a build has written the workbook.
    """
    workbook = settings.review_workbook
    digest = hashlib.sha256(workbook.read_bytes() if workbook.exists() else b"")
    for folder in (settings.steward_decisions, settings.accepted_pauses, settings.tombstones):
        digest.update("|".join(sorted(path.name for path in folder.glob("*"))).encode())
    return digest.hexdigest()


def run_build(settings: Settings, job_name: str) -> None:
    """Run a job of the graph (`build` or `warehouse`) in this process. Raises `BuildError`."""
    prepare_dagster_home(settings)
    # Three large libraries make hundreds of thousands of lasting objects: looking for garbage among them costs seconds.
    gc.set_threshold(200_000, 20, 20)
    # Notes of the libraries to their developers, not to the person who builds.
    warnings.filterwarnings("ignore", module="dagster")
    import dagster as dg

    from dagster_project.definitions import defs

    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def(job_name).execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    # What is left at the end goes with the process: collecting it piece by piece would cost another second.
    gc.freeze()
    if not result.success:
        raise BuildError("; ".join(_failures(result)))


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
            "module": f"{storage}.event_log",
            "class": "ConsolidatedSqliteEventLogStorage",
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


def _failures(result: object) -> list[str]:
    """Step and kind of each failure. Texts of errors of other libraries may repeat values; those of ours do not."""
    failures = []
    for event in result.all_events:  # type: ignore[attr-defined]
        if event.event_type_value == "STEP_FAILURE":
            error = event.event_specific_data.error
            cause = error.cause or error
            ours = cause.cls_name in ("WarehouseError", "RulesError", "MappingError", "PublicationError", "SiteError")
            ours = ours or cause.cls_name == "UnforgettableError"
            failures.append(f"{event.step_key}: {cause.message.strip() if ours else cause.cls_name}")
    return failures


def summarise(settings: Settings) -> BuildSummary:
    """The summary of what is there now."""
    import duckdb

    files = f"'{settings.reference / 'submission_files.parquet'}'"
    totals = duckdb.sql(f"""select count(*), sum(rows_in)::bigint, sum(rows_accepted)::bigint,
        sum(rows_quarantined)::bigint from {files}""").fetchall()[0]
    states = duckdb.sql(f"select state, count(*) from {files} group by all order by all").fetchall()
    published = f"'{settings.published / 'publication.parquet'}'"
    row = duckdb.sql(f"""select families_count, indicators_count, cells_count, cells_hidden, kind, as_of::varchar
        from {published}""").fetchall()[0]
    seen, rows_in, accepted, quarantined = (int(total or 0) for total in totals)
    return BuildSummary(seen, rows_in, accepted, quarantined, dict(states), *row)


def remember_build(settings: Settings, inputs: str, summary: BuildSummary) -> None:
    """Note what the build was made of, so that the next one knows when nothing is new."""
    told = {"fingerprint": inputs, "answers": _answers_fingerprint(settings), "summary": asdict(summary)}
    content = json.dumps(told, indent=1)
    write_whole(settings.state / "build.json", content.encode())
