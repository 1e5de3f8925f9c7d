"""Stages staging, intermediate and marts: an asset per dbt model, a check per dbt test, one dbt run in this process."""

import json
from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from google.protobuf.json_format import MessageToDict

from dagster_project import warehouse
from dagster_project.contracts import load_expectations
from dagster_project.defs.resources import SETTINGS, stage
from dagster_project.reference import write_sources

RESULT_EVENTS = ("LogModelResult", "LogSeedResult", "LogTestResult")

# The sources' columns come from the contracts, so they are written before dbt reads the project.
write_sources(SETTINGS, load_expectations(SETTINGS.expectations).contracts)
_parsed = warehouse.parse_project(SETTINGS)
MANIFEST: dict[str, Any] = json.loads((SETTINGS.dbt_target / "manifest.json").read_text(encoding="utf-8"))


def asset_events(event: Any, context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Dagster's events for one event of dbt: materialisations of models and seeds, results of tests."""
    message = DbtCoreCliEventMessage(
        raw_event=MessageToDict(event, preserving_proto_field_name=True), event_history_metadata={}
    )
    yield from message.to_default_asset_events(manifest=MANIFEST, context=context)


@dbt_assets(manifest=MANIFEST, name="dbt_models")
def warehouse_models(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Seeds, models and tests of the dbt project."""
    results: list[Any] = []
    failure: warehouse.WarehouseError | None = None
    nodes = [n for n in MANIFEST["nodes"].values() if n["resource_type"] in ("model", "seed", "test")]
    try:
        with stage("model") as progress, warehouse.warehouse_beside(SETTINGS) as path:
            progress.expect(len(nodes))

            def on_event(event: Any) -> None:
                if event.info.name in RESULT_EVENTS:
                    results.append(event)
                    progress.advance()

            warehouse.build(SETTINGS, _parsed, path, on_event)
            names = [event.info.name for event in results]
            models, tests = names.count("LogModelResult"), names.count("LogTestResult")
            progress.counts = f"{models} models, {tests} data tests"
    except warehouse.WarehouseError as error:
        failure = error
    # A failing test is a failed check first, then a failed build.
    for event in results:
        yield from asset_events(event, context)
    if failure is not None:
        raise failure


defs = dg.Definitions(assets=[warehouse_models])
