"""Dagster's graph as a person sees it: its assets, checks, jobs and sensor; and dbt's events told to it in process.

The graph is loaded once, on a data root of its own: `defs/` reads its settings when it is imported.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import dagster as dg
import pyarrow.parquet as parquet
import pytest
from dagster_dbt import dbt_assets

from dagster_project.reference import write_reference
from dagster_project.settings import PROJECT_ROOT, Settings

ASSETS = {
    "intake": """
        intake/archive intake/extracts
        reference/age_bands reference/agencies reference/agency_columns reference/build reference/code_groups
        reference/instruments reference/intervals reference/labels reference/network_sectors reference/programs
        reference/rules reference/wave_intervals reference/waves reference/zones
    """,
    "validation": """
        validation/verdicts validation/feedback
        reference/expected_submissions reference/finding_counts reference/submission_extracts reference/submission_files
    """,
    "identity": """
        identity/enrolment_age_bands identity/family_members identity/family_members_lenient
        identity/family_members_strict identity/ledger_events identity/person_age_bands identity/person_bands
        identity/person_crosswalk identity/persons
    """,
    "published": "published/indicator_values published/site",
}
CHECKS = """
    identity/person_crosswalk:every_person_of_an_agency_has_one_shared_id
    reference/submission_files:every_file_seen_has_one_state
    reference/submission_files:rows_in_are_accepted_or_quarantined
"""
# Each dataset has its accepted rows, and a check that tells how new ones met its suite.
DATASETS = {path.stem for path in (PROJECT_ROOT / "expectations" / "datasets").glob("*.yml")}
OLD = 1_000_000_000


@dataclass(frozen=True)
class Graph:
    """The definitions, and the modules that hold what the tests call."""

    defs: dg.Definitions
    settings: Settings
    warehouse: ModuleType
    schedules: ModuleType
    resources: ModuleType

    @property
    def assets(self) -> Any:
        return self.defs.resolve_asset_graph()

    def groups(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for key in self.assets.get_all_asset_keys():
            found[self.assets.get(key).group_name].add(key.to_user_string())
        return found


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    before = dict(os.environ)
    data = tmp_path_factory.mktemp("graph") / "data"
    os.environ |= {"DORSALE_DATA": str(data)}
    os.environ.pop("DORSALE_EXPECTATIONS", None)
    os.environ.pop("AS_OF", None)
    from dagster_project.definitions import defs
    from dagster_project.defs import resources, schedules, warehouse

    yield Graph(defs, resources.SETTINGS, warehouse, schedules, resources)
    os.environ.clear()
    os.environ.update(before)


def test_the_assets_of_every_stage(graph: Graph) -> None:
    groups = graph.groups()
    own = {name: keys for name, keys in groups.items() if name not in DBT_GROUPS}
    wanted = {name: set(keys.split()) for name, keys in ASSETS.items()}
    wanted["validation"] |= {f"accepted/{dataset}" for dataset in DATASETS}
    assert own == wanted


DBT_GROUPS = ("seeds", "staging", "intermediate", "marts")


def test_every_dbt_model_is_an_asset_in_the_group_of_its_folder(graph: Graph) -> None:
    dbt = graph.settings.dbt
    wanted = {
        group: {f"{group}/{path.stem}" for path in (dbt / "models" / group).rglob("*.sql")}
        for group in DBT_GROUPS
        if group != "seeds"
    }
    wanted["seeds"] = {f"seeds/{path.stem}" for path in (dbt / "seeds").glob("*.csv")}
    groups = graph.groups()
    assert {name: groups[name] for name in DBT_GROUPS} == wanted


def test_every_asset_leads_from_the_files_to_the_site(graph: Graph) -> None:
    everything = {key.to_user_string() for key in graph.assets.get_all_asset_keys()}
    of_site = dg.AssetSelection.assets(["published", "site"]).upstream().resolve(graph.assets)
    of_archive = dg.AssetSelection.assets(["intake", "archive"]).downstream().resolve(graph.assets)
    aside = {key for key in everything - {key.to_user_string() for key in of_site} if not key.startswith("marts/")}
    assert aside == {"validation/feedback", "reference/submission_files"}, "for the agencies, and for the warehouse"
    assert {dg.AssetKey(["published", "site"]), dg.AssetKey(["marts", "fct_indicator_values"])} <= set(of_archive)


def test_the_checks(graph: Graph) -> None:
    checks = {f"{key.asset_key.to_user_string()}:{key.name}" for key in graph.assets.asset_check_keys}
    own = {name for name in checks if name.split("/")[0] not in DBT_GROUPS}
    assert own == set(CHECKS.split()) | {f"validation/verdicts:new_{name}_meet_expectations" for name in DATASETS}
    nodes = graph.warehouse.MANIFEST["nodes"].values()
    generic = {n["name"] for n in nodes if n["resource_type"] == "test" and n.get("test_metadata")}
    assert generic - {name.partition(":")[2] for name in checks} == set(), "each dbt data test is a check"


def test_the_jobs_the_schedule_and_the_sensor(graph: Graph) -> None:
    repository = graph.defs.get_repository_def()
    jobs = {job.name: job for job in repository.get_all_jobs() if not job.name.startswith("__")}
    everything = {key.to_user_string() for key in graph.assets.get_all_asset_keys()}
    selected = {
        name: {key.to_user_string() for key in job.asset_layer.selected_asset_keys} for name, job in jobs.items()
    }
    assert selected == {"build": everything, "warehouse": everything - {"published/site"}}
    assert [(one.name, one.cron_schedule, one.job_name) for one in repository.schedule_defs] == [
        ("nightly", "0 3 * * *", "build")
    ]
    assert [(one.name, one.job_name) for one in repository.sensor_defs] == [("drop_folder", "build")]


def evaluate(graph: Graph, cursor: str | None) -> tuple[Any, str | None]:
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance, cursor=cursor) as context:
        return graph.schedules.drop_folder(context), context.cursor


def test_the_sensor_asks_for_a_build_when_files_change(graph: Graph) -> None:
    raw = graph.settings.raw
    (raw / "clinic").mkdir(parents=True)
    asked, cursor = evaluate(graph, None)
    assert isinstance(asked, dg.SkipReason), "an empty drop folder"
    path = raw / "clinic" / "Zyxcanary_2026-01.csv"
    path.write_text("id\n1\n", encoding="utf-8")
    asked, cursor = evaluate(graph, cursor)
    assert isinstance(asked, dg.SkipReason), "a file that may still be written"
    # A program that copies may give the copy the old file's time from the start.
    path.write_text("id\n1\n2\n", encoding="utf-8")
    os.utime(path, (OLD, OLD))
    asked, cursor = evaluate(graph, cursor)
    assert isinstance(asked, dg.SkipReason), "a file that has grown since the last look"
    asked, cursor = evaluate(graph, cursor)
    assert isinstance(asked, dg.RunRequest), "the same twice"
    assert "Zyxcanary" not in f"{cursor}{asked.run_key}{asked.tags}{asked.run_config}", "file names may tell names"
    asked, cursor = evaluate(graph, cursor)
    assert isinstance(asked, dg.SkipReason), "nothing new"
    for change in (lambda: os.utime(path, (OLD + 1, OLD + 1)), lambda: path.rename(path.with_name("b.csv"))):
        change()
        asked, cursor = evaluate(graph, cursor)
        assert isinstance(asked, dg.SkipReason)
        asked, cursor = evaluate(graph, cursor)
        assert isinstance(asked, dg.RunRequest)
    path.with_name("b.csv").unlink()


def test_a_sensor_that_cannot_look_says_so(graph: Graph) -> None:
    raw = graph.settings.raw
    raw.mkdir(parents=True, exist_ok=True)
    aside = raw.rename(raw.with_name("Zyxcanary"))
    try:
        with pytest.raises(Exception, match="cannot be looked at: PermissionError") as caught:
            evaluate(graph, None)
        assert "Zyxcanary" not in str(caught.value)
        looked = json.loads((graph.settings.state / "sensor.json").read_text(encoding="utf-8"))
        assert looked["failure"] == "PermissionError"
    finally:
        aside.rename(raw)
    evaluate(graph, None)
    assert json.loads((graph.settings.state / "sensor.json").read_text(encoding="utf-8"))["failure"] is None


def some_models(graph: Graph, warehouse_file: Path, failures: list[str]) -> dg.AssetsDefinition:
    """The programmes alone, built by dbt in this process as the whole warehouse is."""
    module = graph.warehouse

    @dbt_assets(manifest=module.MANIFEST, select="dim_programs", name="some_models")
    def models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        events: list[Any] = []
        try:
            module.warehouse.build(
                graph.settings, module._parsed, warehouse_file, events.append, select=["dim_programs"]
            )
        except module.warehouse.WarehouseError as error:
            failures.append(str(error))
        for event in events:
            if event.info.name in module.RESULT_EVENTS:
                yield from module.asset_events(event, context)

    return models


@pytest.mark.parametrize("is_sound", [True, False])
def test_an_event_of_dbt_becomes_a_materialisation_and_a_check(graph: Graph, tmp_path: Path, is_sound: bool) -> None:
    """The class that turns events is not part of dagster-dbt's top level: this test is its guard."""
    write_reference(graph.settings, graph.resources.expectations(), graph.resources.as_of())
    if not is_sound:
        programs = graph.settings.reference / "programs.parquet"
        rows = parquet.read_table(programs)
        parquet.write_table(rows.take([0, *range(len(rows))]), programs)
    failures: list[str] = []
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [some_models(graph, tmp_path / "warehouse.duckdb", failures)], instance=instance, raise_on_error=False
        )
    made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events() if event.asset_key}
    checks = {check.check_name: check.passed for check in result.get_asset_check_evaluations()}
    assert made == {"marts/dim_programs"}
    assert checks == {"unique_dim_programs_program_id": is_sound}
    assert failures == ([] if is_sound else ["These models or tests failed: unique_dim_programs_program_id (fail)"])
