"""Fixtures that several tests share: real builds, made once a session by the real command.

Belongs here: builds and their places. Stays out: assertions. Nothing is mocked: a build is `dorsale build` in a process
of its own, on data roots of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from dagster_project.settings import PROJECT_ROOT, Settings

# Tests that read the demonstration's partners, files or region. After `make start` they are not collected: they run in
# a work tree of the commit before it (docs/decisions/0013).
DEMONSTRATION_TESTS = [
    *(f"integration/test_{name}.py" for name in ("bad_input", "build", "hmis_export", "indicators_equal_rows")),
    *(f"integration/test_{name}.py" for name in ("linkage_quality", "nasty_files", "privacy", "published_equals_rows")),
    *(f"integration/test_{name}.py" for name in ("release", "site*", "warehouse_models")),
    *(f"integration/test_{name}.py" for name in ("families_behind", "funder_reports", "subtraction")),
    *(f"integration/test_{name}.py" for name in ("backup", "retention", "token_keys")),
    *("unit/test_contracts.py", "unit/test_definitions.py", "unit/test_demonstration*.py", "unit/test_identity.py"),
    *("unit/test_linkage_[fst]*.py", "unit/test_mapping.py", "unit/test_onboarding_demonstration.py"),
    "unit/test_reference.py",
    "unit/test_removal_demonstration.py",
]
IS_DEMONSTRATION = "\ninitiative_id: demonstration\n" in (PROJECT_ROOT / "expectations" / "initiative.yml").read_text(
    encoding="utf-8"
)
collect_ignore_glob = [] if IS_DEMONSTRATION else DEMONSTRATION_TESTS
DORSALE = str(Path(sys.executable).parent / "dorsale")


# Before xdist reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With two workers (`make test`), a file's tests stay together, and all that need the demonstration's build too.

    So nothing is built twice, and the site's folder has one builder at a time.
    """
    for item in items:
        group = "builds" if "built" in getattr(item, "fixturenames", ()) else item.path.name
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_report_header() -> str | None:
    """Say it when tests are left out."""
    return None if IS_DEMONSTRATION else "Started for real: tests that need the demonstration are left out"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes give a test no name: a workbook holds the time it was made, which is another for each worker."""
    return argname if isinstance(val, bytes) else None


@dataclass(frozen=True)
class Build:
    """A finished build: its places, and all that it printed."""

    settings: Settings
    output: str


def run_dorsale(settings: Settings, *arguments: str, expect: int = 0) -> str:
    """Run the real command on the given roots; return what it printed."""
    environment = {
        **os.environ,
        "DORSALE_DATA": str(settings.data),
        "DORSALE_EXPECTATIONS": str(settings.expectations),
        "DORSALE_SITE": str(settings.site),
        "COLUMNS": "200",
    }
    environment.pop("AS_OF", None)
    done = subprocess.run(  # noqa: S603
        [DORSALE, *arguments], env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    output = done.stdout + done.stderr
    assert done.returncode == expect, output
    return output


def make_settings(root: Path, expectations: Path = PROJECT_ROOT / "expectations") -> Settings:
    """Roots of their own below `root`."""
    (root / "data" / "raw").mkdir(parents=True)
    return replace(Settings.from_environment(), data=root / "data", expectations=expectations, site=root / "site")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A build of the demonstration partners, without the site."""
    settings = make_settings(tmp_path_factory.mktemp("demonstration"))
    shutil.copytree(PROJECT_ROOT / "data" / "raw", settings.raw, dirs_exist_ok=True)
    return Build(settings, run_dorsale(settings, "build", "--no-site"))


@pytest.fixture(scope="session")
def published(built: Build) -> Path:
    """The published folder of the demonstration."""
    return built.settings.published


@pytest.fixture(scope="session")
def built_warehouse(built: Build) -> Path:
    """The warehouse of the demonstration."""
    return built.settings.warehouse


@pytest.fixture(scope="session")
def dbt_manifest(built: Build) -> dict[str, Any]:
    """dbt's manifest of the demonstration's build."""
    manifest: dict[str, Any] = json.loads((built.settings.dbt_target / "manifest.json").read_text(encoding="utf-8"))
    return manifest


@pytest.fixture(scope="session")
def built_site(built: Build) -> Path:
    """The site of the demonstration's preview."""
    run_dorsale(built.settings, "site")
    return built.settings.site
