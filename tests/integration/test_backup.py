"""Backup and restore as docs/operations.md writes them: the very blocks are run, and all tables are as they were."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from dagster_project import publication
from dagster_project.settings import PROJECT_ROOT, Settings
from tests.conftest import run_dorsale
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, drop, lines, small_settings

PAGE = PROJECT_ROOT / "docs" / "operations.md"
ANNE = "Anne,Roy,1980-02-03,F,G1A 1A1,418 555 0101,,1 rue Haute"


def block(name: str) -> str:
    found = re.search(rf"```bash\n(# tried: {name}\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, name
    return found[1]


def run_block(name: str, settings: Settings, backup: Path, expect: int = 0) -> str:
    """Run it in a checkout whose virtual environment is that of the tests."""
    places = {"DORSALE_DATA": settings.data, "DORSALE_EXPECTATIONS": settings.expectations, "BACKUP": backup}
    environment = {**os.environ, **{key: str(path) for key, path in places.items()}, "DORSALE_SITE": str(settings.site)}
    environment.pop("AS_OF", None)
    tools = str(Path(sys.executable).parent)
    script = block(name).replace(".venv/bin/", f"{tools}/")
    done = subprocess.run(  # noqa: S603 - the documented commands themselves
        ["/bin/bash", "-eu", "-o", "pipefail", "-c", script],
        env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two agencies with a person in common, a release, and a preview after it; of today, as a live initiative's."""
    made = small_settings(tmp_path_factory.mktemp("backup"), ("clinic", "en"), ("school", "fr"))
    path = made.expectations / "initiative.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("as_of: 2026-03-31\n", ""), encoding="utf-8")
    drop(made, "clinic", "persons_2026-01.csv", lines(PERSONS_HEADER, f"C1,{ANNE}", "C2,Luc,Roy,1990-01-01,M,,,,"))
    drop(made, "clinic", "enrolments_2026-01.csv", lines(ENROLMENTS_HEADER, "E1,C1,P1,2026-01-05,,"))
    drop(made, "school", "persons_2026-01.csv", lines(PERSONS_HEADER, f"S1,{ANNE}", ",Nobody,Roy,1990-01-01,F,,,,"))
    run_dorsale(made, "build", "--no-site")
    aside, target = publication.prepare_release(made, "first", date(2026, 11, 22))
    publication.decide_release(made, aside, target)
    drop(made, "clinic", "persons_2026-01_more.csv", lines(PERSONS_HEADER, f"C1,{ANNE}", f"C9,{ANNE}"))
    drop(made, "clinic", "enrolments_2026-02.csv", lines(ENROLMENTS_HEADER, "E2,C9,P1,2026-02-05,,"))
    run_dorsale(made, "build", "--no-site")
    return made


def tables(settings: Settings, *folders: str) -> dict[str, list[str]]:
    """The rows of every table, in an order of their own: files that are read together are written together."""
    found = [path for folder in folders for path in (settings.data / folder).rglob("*.parquet")]
    # It names files of the vault, whose names change with every reading.
    found = [path for path in found if path != settings.quarantine / "extracts.parquet"]
    return {
        path.relative_to(settings.data).as_posix(): sorted(map(repr, parquet.read_table(path).to_pylist()))
        for path in found
    }


def test_all_tables_are_as_they_were_after_a_restore(settings: Settings, tmp_path: Path) -> None:
    backup, folders = tmp_path / "backup", ("accepted", "identity", "published", "journal", "releases", "quarantine")
    before, published = tables(settings, *folders), publication.current_publication(settings)
    assert published is not None
    assert {name.split("/")[0] for name in before} == set(folders)
    run_block("backup", settings, backup)
    shutil.rmtree(settings.data)
    shutil.rmtree(settings.expectations)

    run_block("restore", settings, backup)
    after = tables(settings, *folders)
    assert set(after) == set(before)
    assert [name for name in before if after[name] != before[name]] == []
    found = publication.current_publication(settings)
    assert found is not None
    assert found["build_id"] == published["build_id"]
    assert not list(settings.raw.rglob("*.csv")), "the drop folder is the partners'"
    modes = {stat.S_IMODE((settings.data / room).stat().st_mode) for room in ("archive", "journal", "vault")}
    assert modes == {0o700}


def test_a_backup_that_was_altered_is_not_restored(settings: Settings, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    run_block("backup", settings, backup)
    with (backup / "data.tar.gz").open("ab") as file:
        file.write(b"x")
    empty = small_settings(tmp_path / "empty", ("clinic", "en"))
    assert "data.tar.gz" in run_block("restore", empty, backup, expect=1)
    assert not empty.archive.exists()


def test_the_watch_tells_of_a_build_that_failed(settings: Settings, tmp_path: Path) -> None:
    told = run_block("watch", settings, tmp_path)
    assert told == "" or "less than 5 GB free" in told
    record = settings.state / "last_build.json"
    record.write_text(record.read_text(encoding="utf-8").replace('"built"', '"failed"'), encoding="utf-8")
    assert "the last build did not end well" in run_block("watch", settings, tmp_path, expect=1)
