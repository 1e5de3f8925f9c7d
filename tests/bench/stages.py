"""Stages: a stage of a build on what a full build left, and the library under it alone on the same input.

Belongs here: both sides of each ratio, each in a child of its own, without importing and without preparing. Stays out:
reading, whose floor is DuckDB's counting (floors), and whose seconds are the log's.
Every function takes the data root, which it only reads, and a folder to work in, and returns seconds.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as parquet

from dagster_project.contracts import load_expectations
from dagster_project.settings import Settings
from dagster_project.whole_files import quoted
from tests import bench_identity


def judge(data: Path, folder: Path) -> float:
    """The stage: all extracts judged in chunks, findings written."""
    import great_expectations  # noqa: F401

    from dagster_project.validation.verdicts import judge_new_extracts

    settings = room(folder / "judge")
    expectations = load_expectations(settings.expectations)
    paths = link_extracts(data, settings)
    started = time.perf_counter()
    judge_new_extracts(settings, expectations, paths)
    return time.perf_counter() - started


def gx_alone(data: Path, folder: Path) -> float:
    """Only `batch.validate`, on the same frames with the same rules and result format, in the same chunks."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from dagster_project.validation import verdicts
    from dagster_project.validation.suites import expectation_of, suite_rules

    settings = room(folder / "gx_alone")
    expectations = load_expectations(settings.expectations)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("extracts")
    seconds = 0.0
    for dataset, paths in link_extracts(data, settings).items():
        contract = expectations.contracts[dataset]
        rules = suite_rules(contract, expectations.finding_words)
        definition = source.add_dataframe_asset(dataset).add_batch_definition_whole_dataframe("new")
        for chunk in verdicts._chunks(settings, paths):
            frame, _ = verdicts._frame(settings, contract, rules, chunk)
            suite = gx.ExpectationSuite(name=dataset, expectations=[expectation_of(rule) for rule in rules])
            batch = definition.get_batch({"dataframe": frame})
            started = time.perf_counter()
            batch.validate(suite, result_format=verdicts.RESULT_FORMAT)
            seconds += time.perf_counter() - started
    return seconds


def dbt_build(data: Path, folder: Path) -> float:
    """The stage: seeds, models and tests. Then, off the clock, what dbt compiled is written for `compiled_sql`."""
    from dagster_project import warehouse

    settings = room(folder / "dbt")
    for name in ("accepted", "identity", "reference"):
        (settings.data / name).symlink_to(data / name)
    manifest = warehouse.parse_project(settings)
    started = time.perf_counter()
    with warehouse.warehouse_beside(settings) as path:
        warehouse.build(settings, manifest, path)
    seconds = time.perf_counter() - started
    # dbt keeps what it compiled in the manifest that it was given.
    known = {
        unique_id: node for unique_id, node in manifest.nodes.items() if node.resource_type in ("seed", "model", "test")
    }
    order = TopologicalSorter(
        {unique_id: known.keys() & set(node.depends_on_nodes) for unique_id, node in known.items()}
    )
    nodes: list[Any] = [known[unique_id] for unique_id in order.static_order()]
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        statements = [statement_of(connection, node, settings) for node in nodes]
    schemas = sorted({node.schema for node in nodes if node.resource_type != "test"})
    script = [*(f"create schema {schema}" for schema in schemas), *statements]
    (folder / "compiled.json").write_text(json.dumps(script))
    return seconds


def statement_of(connection: duckdb.DuckDBPyConnection, node: Any, settings: Settings) -> str:
    """What dbt runs for a node, without what it asks of the database around it."""
    if node.resource_type == "test":
        return f"select count(*) from ({node.compiled_code})"
    if node.resource_type == "model":
        return f"create table {node.relation_name} as {node.compiled_code}"
    columns = connection.sql(f"describe {node.relation_name}").fetchall()
    types = ", ".join(f"'{name}': '{sql_type}'" for name, sql_type, *_ in columns)
    path = quoted(settings.dbt / node.original_file_path)
    return f"create table {node.relation_name} as from read_csv({path}, header = true, columns = {{{types}}})"


def compiled_sql(data: Path, folder: Path) -> float:
    """The same statements in one connection, under the limits of profiles.yml, without the marts' declared columns."""
    script = json.loads((folder / "compiled.json").read_text())
    target = room(folder / "plain").warehouse
    started = time.perf_counter()
    with duckdb.connect(str(target)) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("set memory_limit = '5GB'")
        connection.execute(f"set file_search_path = {quoted(data)}")
        for statement in script:
            connection.execute(statement).fetchall()
        connection.execute("checkpoint")
    return time.perf_counter() - started


def identity(data: Path, folder: Path) -> float:
    """The stage on the vault's persons, with no pair scored before."""
    import splink  # noqa: F401

    room_data = identity_room(data, folder / "identity")
    started = time.perf_counter()
    bench_identity.identity(room_data, folder / "memory")
    return time.perf_counter() - started


def splink_alone(data: Path, folder: Path) -> float:
    """Splink alone on the same persons, cleaned off the clock."""
    import splink  # noqa: F401

    room_data = identity_room(data, folder / "splink_alone")
    bench_identity.write_clean_persons(room_data)
    started = time.perf_counter()
    bench_identity.splink_alone(room_data, folder / "memory")
    return time.perf_counter() - started


def identity_room(data: Path, target: Path) -> Path:
    """A data root with nothing but what identity reads."""
    settings = room(target)
    for name in ("vault/persons.parquet", "accepted/enrolments.parquet"):
        path = settings.data / name
        path.parent.mkdir(exist_ok=True)
        os.link(data / name, path)
    return settings.data


def link_extracts(data: Path, settings: Settings) -> dict[str, list[str]]:
    """Give a room the extracts without their verdicts; return by dataset the paths of those that hold rows."""
    paths: dict[str, list[str]] = {}
    for path in sorted((data / "vault" / "extracts").glob("*/*.parquet")):
        target = settings.extracts / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)
        if parquet.read_metadata(path).num_rows:
            paths.setdefault(path.parent.name, []).append(f"{path.parent.name}/{path.name}")
    return paths


def room(target: Path) -> Settings:
    """An empty data root; what an earlier run left there goes."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    return replace(Settings.from_environment(), data=target)
