"""A new warehouse is made beside the old one, and takes its place only when it is whole."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import Settings
from dagster_project.warehouse import warehouse_beside
from tests.conftest import make_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def fill(path: Path, value: int) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create or replace table t (a integer)")
        connection.execute("insert into t values (?)", [value])


def value_of(settings: Settings) -> int:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return int(connection.sql("select a from t").fetchall()[0][0])


def test_a_whole_warehouse_takes_the_old_ones_place(settings: Settings) -> None:
    for value in (1, 2):
        with warehouse_beside(settings) as path:
            fill(path, value)
            assert path != settings.warehouse
        assert value_of(settings) == value
        assert list(path.parent.iterdir()) == [], "nothing of it stays behind, such as a write-ahead log"


def test_a_fault_leaves_the_old_warehouse(settings: Settings) -> None:
    fill(settings.warehouse, 1)

    def fail_halfway() -> None:
        with warehouse_beside(settings) as path:
            fill(path, 2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert value_of(settings) == 1
    with warehouse_beside(settings) as path:
        assert not path.exists(), "the next build starts anew"
        fill(path, 3)
    assert value_of(settings) == 3
