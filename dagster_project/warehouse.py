"""Warehouse: dbt in this very process, on a warehouse that is built beside the old one and swapped.

Belongs here: parsing and running the dbt project. Stays out: Dagster, and any rule about data (dbt's own). dbt's log
files and result files repeat what the database says, so none are written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from dagster_project.settings import Settings

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


class WarehouseError(Exception):
    """dbt failed; the message names the models or tests and the kind of error, never a value."""


def parse_project(settings: Settings) -> Manifest:
    """Parse the project (partially, when it was parsed before) and write `manifest.json` to the target folder."""
    result = _run(settings, settings.warehouse, ["parse"])
    if not result.success:
        raise WarehouseError(f"The dbt project cannot be parsed: {result.exception}")
    manifest: Manifest = result.result
    return manifest


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
        building.replace(settings.warehouse)


def build(
    settings: Settings,
    manifest: Manifest | None,
    warehouse: Path,
    on_event: Callable[[Any], None] = lambda event: None,
    select: Sequence[str] = (),
) -> None:
    """Run seeds, models and data tests into `warehouse`; `on_event` sees each of dbt's events.

    Unit tests are left to `make test`. Raises `WarehouseError` when a model fails or a test of severity error does.
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
    failed = [f"{r.node.name} ({r.status})" for r in result.result if str(r.status) in ("error", "fail")]
    raise WarehouseError("These models or tests failed: " + ", ".join(failed)) from None


def _run(
    settings: Settings,
    warehouse: Path,
    command: Sequence[str],
    manifest: Manifest | None = None,
    on_event: Callable[[Any], None] | None = None,
) -> Any:
    from dbt.cli.main import dbtRunner

    os.environ["DORSALE_DATA"] = str(settings.data)
    os.environ["DORSALE_WAREHOUSE"] = str(warehouse)
    runner = dbtRunner(manifest=manifest, callbacks=[on_event] if on_event else None)
    return runner.invoke(
        [
            "--log-level", "none", "--log-level-file", "none", "--no-write-json" if manifest else "--write-json",
            *command,
            "--project-dir", str(settings.dbt),
            "--profiles-dir", str(settings.dbt),
            "--target-path", str(settings.dbt_target),
        ]
    )  # fmt: skip
