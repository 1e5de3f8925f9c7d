"""The dbt project keeps its house rules: described, documented as it is, and every unit test of a rule passes."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

DBT = Path(__file__).resolve().parents[2] / "dbt"
# A model whose whole code is one of these macros.
ONE_MACRO = re.compile(r"(--[^\n]*\s)*\{\{ (latest_rows|computed_cells)\(.*\) \}\}\s*", re.DOTALL)
GRAIN = re.compile(r"One row per [^.]+\.$")


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def test_one_yml_lies_beside_each_model() -> None:
    sql = {path.with_suffix("") for path in (DBT / "models").rglob("*.sql")}
    yml = {path.with_suffix("") for path in (DBT / "models").rglob("*.yml") if not path.name.startswith("_")}
    assert sql == yml


def test_every_description_ends_with_the_grain(dbt_manifest: dict[str, Any]) -> None:
    without = [model["name"] for model in models(dbt_manifest) if not GRAIN.search(model["description"].strip())]
    assert without == []


def test_every_documented_column_is_described(dbt_manifest: dict[str, Any]) -> None:
    without = [
        f"{model['name']}.{column['name']}"
        for model in models(dbt_manifest)
        for column in model["columns"].values()
        if not column["description"].strip()
    ]
    assert without == []


def test_marts_have_enforced_contracts_with_types(dbt_manifest: dict[str, Any]) -> None:
    marts = [model for model in models(dbt_manifest) if model["schema"] == "marts"]
    assert marts
    assert [m["name"] for m in marts if not m["config"]["contract"]["enforced"]] == []
    assert [f"{m['name']}.{c['name']}" for m in marts for c in m["columns"].values() if not c["data_type"]] == []


def test_documented_columns_are_the_actual_columns(dbt_manifest: dict[str, Any], built_warehouse: Path) -> None:
    with duckdb.connect(str(built_warehouse), read_only=True) as connection:
        rows = connection.execute("select schema_name, table_name, column_name from duckdb_columns()").fetchall()
    actual: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in rows:
        actual.setdefault((schema, table), set()).add(column)
    documented = {(model["schema"], model["name"]): set(model["columns"]) for model in models(dbt_manifest)}
    differing = {
        name: (sorted(columns - actual.get(name, set())), sorted(actual.get(name, set()) - columns))
        for name, columns in documented.items()
        if columns != actual.get(name)
    }
    assert differing == {}, "documented only, actual only"


def test_every_catalogued_indicator_is_computed_by_a_model(dbt_manifest: dict[str, Any]) -> None:
    with (DBT / "seeds" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        catalogued = {row["indicator_id"] for row in csv.DictReader(file)}
    code = "\n".join(model["raw_code"] for model in models(dbt_manifest) if model["name"].startswith("ind_"))
    assert {indicator_id for indicator_id in catalogued if f"'{indicator_id}'" not in code} == set()


def test_every_rule_has_a_unit_test(dbt_manifest: dict[str, Any]) -> None:
    """Each model that decides something is tested by a few rows; those that only rename or join by key are not.

    A staging model that is nothing but the macro `latest_rows` follows the rule that `stg_meetings` is tested for.
    """
    tested = {test["model"] for test in dbt_manifest["unit_tests"].values()}
    deciding = {m["name"] for m in models(dbt_manifest) if m["schema"] != "marts"}
    deciding -= {m["name"] for m in models(dbt_manifest) if ONE_MACRO.fullmatch(m["raw_code"])} - {"stg_meetings"}
    deciding |= {"dim_agencies", "dim_families", "dim_persons", "dim_partners_named", "fct_indicator_signals"}
    deciding |= {"fct_referral_flows", "fct_submissions"}
    assert deciding - tested == set()


def test_every_indicator_has_a_unit_test(dbt_manifest: dict[str, Any]) -> None:
    """Some expected row of a model of indicators names it: its rule is counted by hand on a few rows."""
    with (DBT / "seeds" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        catalogued = {row["indicator_id"] for row in csv.DictReader(file)}
    expected = {
        row["indicator_id"]
        for test in dbt_manifest["unit_tests"].values()
        if test["model"].startswith("ind_")
        for row in test["expect"]["rows"]
    }
    assert catalogued - expected == set()


def test_unit_tests_are_named_after_their_rule(dbt_manifest: dict[str, Any]) -> None:
    names = [test["name"] for test in dbt_manifest["unit_tests"].values()]
    assert [name for name in names if not re.fullmatch(r"test(_[a-z0-9]+){4,}", name)] == []


def test_all_unit_tests_of_dbt_pass(built_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dbt.cli.main import dbtRunner

    # dbt reads the columns of mocked models from a warehouse; it gets a copy, and no data: every source is mocked.
    warehouse = tmp_path / built_warehouse.name
    shutil.copyfile(built_warehouse, warehouse)
    monkeypatch.setenv("DBT_ENV_SECRET_DORSALE_DATA", str(tmp_path))
    monkeypatch.setenv("DBT_ENV_SECRET_DORSALE_WAREHOUSE", str(warehouse))
    result: Any = dbtRunner().invoke(
        [
            "--log-level", "none", "--log-level-file", "none", "--no-write-json",
            "test", "--select", "test_type:unit",
            "--project-dir", str(DBT), "--profiles-dir", str(DBT),
            "--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs"),
        ]
    )  # fmt: skip
    assert result.exception is None
    outcomes = {run.node.name: str(run.status) for run in result.result}
    assert len(outcomes) > 30
    assert {name: status for name, status in outcomes.items() if status != "pass"} == {}
