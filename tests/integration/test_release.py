"""A release by the real command: tables and site together, dated, with what changed and why."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import Settings
from tests.conftest import Build, run_dorsale


@pytest.fixture(scope="module")
def released(built: Build, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, str]:
    """A copy of the demonstration's build, released; and the day on which that was done."""
    root = tmp_path_factory.mktemp("release")
    shutil.copytree(built.settings.data, root / "data", symlinks=True)
    settings = replace(built.settings, data=root / "data", site=root / "site")
    day = datetime.now(UTC).date().isoformat()
    run_dorsale(settings, "release", "--because", "Second quarter of 2026")
    return settings, day


def publication(folder: Path) -> tuple[str, str, str | None]:
    found = duckdb.sql(f"select kind, published_date::varchar, because from '{folder}/publication.parquet'").fetchall()
    return found[0]  # type: ignore[no-any-return]


def test_a_release_is_frozen_under_its_date_and_published(released: tuple[Settings, str]) -> None:
    settings, day = released
    folder = settings.releases / day
    assert publication(folder) == ("release", day, "Second quarter of 2026")
    assert settings.published.resolve() == folder.resolve()


def test_a_release_lists_what_changed_since_the_one_before(released: tuple[Settings, str]) -> None:
    settings, day = released
    changes = f"'{settings.releases / day}/changes.parquet'"
    cells = f"'{settings.releases / day}/indicator_values.parquet'"
    new = duckdb.sql(f"select sum(cells_new) from {changes} where release_date = '{day}'").fetchall()[0][0]
    assert new == duckdb.sql(f"select count(*) from {cells}").fetchall()[0][0]
    assert duckdb.sql(f"select count(*) from {changes} where because is null").fetchall()[0][0] == 0


def test_the_site_changes_with_the_tables(released: tuple[Settings, str]) -> None:
    settings, _ = released
    home = (settings.site / "en" / "index.html").read_text(encoding="utf-8")
    assert "Preview" not in home
    assert (settings.site / "downloads" / "files" / "publication.csv").read_text(encoding="utf-8").count("release") == 1


def test_the_next_build_is_a_preview_and_leaves_the_release_alone(
    released: tuple[Settings, str], tmp_path: Path
) -> None:
    # In a copy: the other tests look at what the release left, in any order.
    shutil.copytree(released[0].data, tmp_path / "data", symlinks=True)
    settings, day = replace(released[0], data=tmp_path / "data"), released[1]
    before = {path.name: path.read_bytes() for path in (settings.releases / day).iterdir()}
    run_dorsale(settings, "build", "--no-site", "--force")
    assert publication(settings.published)[0] == "preview"
    assert {path.name: path.read_bytes() for path in (settings.releases / day).iterdir()} == before
    changes = duckdb.sql(f"select count(*) from '{settings.published}/changes.parquet' where release_date is null")
    assert changes.fetchall()[0][0] == 0
