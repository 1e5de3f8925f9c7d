"""When there is something to build: any change of what goes in asks for a build, and nothing else does."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dagster_project.build_inputs import inputs_fingerprint
from dagster_project.settings import Settings
from tests.conftest import make_settings

DAY = date(2026, 3, 31)
FILES = (
    "data/raw/clinic/persons.csv",
    "expectations/partners/clinic.yml",
    "dagster_project/intake/reading.py",
    "dagster_project/contracts/agreement_schema.yml",
    "dagster_project/__pycache__/build.cpython-311.pyc",
    "dbt/dbt_project.yml",
    "dbt/models/marts/dim_zones.sql",
    "dbt/models/staging/_sources.yml",
    "dbt/seeds/indicators.csv",
    "dbt/macros/parameter.sql",
    "dbt/tests/assert_something.sql",
    "dbt/target/manifest.json",
    "data/vault/persons.parquet",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = replace(make_settings(tmp_path, tmp_path / "expectations"), project=tmp_path)
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a", encoding="utf-8")
    return made


def edit(path: Path) -> None:
    path.write_text("b", encoding="utf-8")
    os.utime(path, (1, 1))


def rename(path: Path) -> None:
    path.rename(path.with_name(f"other_{path.name}"))


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("data/vault")])
def test_a_change_of_what_goes_in_asks_for_a_build(settings: Settings, name: str) -> None:
    made_by_a_build = ("__pycache__", "_sources.yml", "target")
    before = inputs_fingerprint(settings, DAY)
    assert inputs_fingerprint(settings, DAY) == before
    edit(settings.project / name)
    assert (inputs_fingerprint(settings, DAY) == before) is any(part in name for part in made_by_a_build)


@pytest.mark.parametrize("change", [rename, remove])
@pytest.mark.parametrize("name", ["data/raw/clinic/persons.csv", "expectations/partners/clinic.yml"])
def test_a_file_renamed_or_removed_asks_for_a_build(
    settings: Settings, name: str, change: Callable[[Path], None]
) -> None:
    before = inputs_fingerprint(settings, DAY)
    change(settings.project / name)
    assert inputs_fingerprint(settings, DAY) != before


def test_another_day_asks_for_a_build(settings: Settings) -> None:
    assert inputs_fingerprint(settings, date(2026, 4, 1)) != inputs_fingerprint(settings, DAY)
