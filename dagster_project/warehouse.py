"""Warehouse: dbt in this very process, on a warehouse that is built beside the old one and swapped.

Belongs here: parsing and running the dbt project. Stays out: Dagster, and any rule about data (dbt's own). dbt's log
files and result files repeat what the database says, so none are written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from dagster_project.settings import Settings
from dagster_project.storage import StorageError, storage_problem
from dagster_project.whole_files import fingerprint, put_in_place, write_whole

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


class WarehouseError(Exception):
    """dbt failed; the message names the models or tests and the kind of error, never a value."""


def parse_project(settings: Settings) -> Manifest:
    """The parsed project, with `manifest.json` in the target folder.

    Parsing costs seconds, so an unchanged project is taken from `dbt/target/parsed/`. What is parsed names no data
    root: sources are relative to it (`profiles.yml`).
    """
    from dbt.constants import PARTIAL_PARSE_FILE_NAME
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    parsed = settings.dbt / "target" / "parsed" / _project_fingerprint(settings)
    described = settings.dbt_target / "manifest.json"
    if not parsed.with_suffix(".msgpack").exists():
        result = _run(settings, settings.warehouse, ["parse"])
        if not result.success:
            raise WarehouseError(f"The dbt project cannot be parsed: {result.exception}")
        for former in parsed.parent.glob("*"):
            former.unlink(missing_ok=True)
        parsed.parent.mkdir(parents=True, exist_ok=True)
        write_whole(parsed.with_suffix(".json"), described.read_bytes())
        write_whole(parsed.with_suffix(".msgpack"), (settings.dbt_target / PARTIAL_PARSE_FILE_NAME).read_bytes())
    described.parent.mkdir(parents=True, exist_ok=True)
    write_whole(described, parsed.with_suffix(".json").read_bytes())
    manifest: Manifest = Manifest.from_msgpack(
        parsed.with_suffix(".msgpack").read_bytes(), decoder=extended_mashumuro_decoder
    )
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


def _project_fingerprint(settings: Settings) -> str:
    """Changes when a file of the project does, its place, or dbt itself."""
    parts = [str(settings.dbt), version("dbt-core"), version("dbt-duckdb")]
    parts += [fingerprint(settings.dbt, f"{folder}/**/*.*") for folder in ("macros", "models", "seeds", "tests")]
    parts.append(fingerprint(settings.dbt, "*.yml"))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


@contextmanager
def warehouse_beside(settings: Settings) -> Iterator[Path]:
    """The path of a new warehouse; it takes the old one's place when the block ends well."""
    building = settings.state / "building" / settings.warehouse.name
    building.parent.mkdir(parents=True, exist_ok=True)
    building.unlink(missing_ok=True)
    yield building
    if building.exists():
        # What is still in the write-ahead log would stay behind.
        with duckdb.connect(str(building)) as connection:
            connection.execute("checkpoint")
        # It lies beside the public folders, and is for its owner alone.
        building.chmod(0o600)
        put_in_place(building, settings.warehouse)


def build(
    settings: Settings,
    manifest: Manifest | None,
    warehouse: Path,
    on_event: Callable[[Any], None] = lambda event: None,
    select: Sequence[str] = (),
) -> None:
    """Run seeds, models and data tests into `warehouse`; `on_event` sees each of dbt's events.

    Unit tests are left to `make test`. Raises `WarehouseError` when a model fails or a test of severity error does, and
    `StorageError` when the disk is the reason.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    command = ["build", "--exclude-resource-type", "unit_test"]
    if select:
        command += ["--select", *select]
    result = _run(settings, warehouse, command, manifest, on_event)
    # dbt keeps the file open for its next call: closed, it is whole, and can take the old one's place.
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if result.success:
        return
    if result.exception is not None and result.result is None:
        raise WarehouseError(f"dbt stopped: {type(result.exception).__name__}") from None
    bad = [r for r in result.result if str(r.status) in ("error", "fail")]
    problem = next((told for r in bad if (told := storage_problem(settings, str(r.message)))), None)
    if problem:
        raise StorageError(problem)
    failed = [f"{r.node.name} ({r.status})" for r in bad]
    raise WarehouseError("These models or tests failed: " + ", ".join(failed)) from None


def _run(
    settings: Settings,
    warehouse: Path,
    command: Sequence[str],
    manifest: Manifest | None = None,
    on_event: Callable[[Any], None] | None = None,
) -> Any:
    from dbt.cli.main import dbtRunner

    os.environ["DBT_ENV_SECRET_DORSALE_DATA"] = str(settings.data)
    os.environ["DBT_ENV_SECRET_DORSALE_WAREHOUSE"] = str(warehouse)
    runner = dbtRunner(manifest=manifest, callbacks=[on_event] if on_event else None)
    arguments = [
        "--log-level", "none", "--log-level-file", "none", "--no-write-json" if manifest else "--write-json",
        *command,
        "--project-dir", str(settings.dbt),
        "--profiles-dir", str(settings.dbt),
        "--target-path", str(settings.dbt_target),
    ]  # fmt: skip
    settings.data.mkdir(parents=True, exist_ok=True)
    # Sources are named relative to the data root: DuckDB would first look for them where the command was started.
    with chdir(settings.data):
        return runner.invoke(arguments)
