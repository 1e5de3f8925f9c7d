"""Faults for commands: a full disk, a kill at the n-th change or at a step's end, another clock, in the real command on
a small initiative.

Belongs here: making a fault happen, and what a root's tables are. Stays out: assertions. The faults come from
`failing_disk.c` and `another_clock.c`, preloaded into the command: nothing of ours is replaced.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.build_receipts import made_tables
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.whole_files import fingerprint
from tests.conftest import DORSALE, run_dorsale
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, drop, lines, small_settings


@pytest.fixture(scope="session")
def failing_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that fails on demand."""
    return _compiled("failing_disk", tmp_path_factory.mktemp("failing_disk"))


@pytest.fixture(scope="session")
def another_clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that tells another time."""
    return _compiled("another_clock", tmp_path_factory.mktemp("another_clock"))


def _compiled(name: str, folder: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "These tests need a C compiler (cc)."
    source, library = Path(__file__).with_name(f"{name}.c"), folder / f"{name}.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)  # noqa: S603
    return library


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A small initiative that was built, with two months of two agencies' files."""
    settings = small_settings(tmp_path_factory.mktemp("base"), ("clinic", "en"), ("shelter", "fr"))
    for month in (1, 2):
        drop_month(settings, month)
    run_dorsale(settings, "build", "--no-site")
    return settings


def drop_month(settings: Settings, month: int) -> None:
    """Persons and enrolments of a month, at both agencies, received on its 28th day."""
    for place, agency_id in enumerate(("clinic", "shelter")):
        persons, enrolments = [PERSONS_HEADER], [ENROLMENTS_HEADER]
        for number in range(12 * month):
            born = f"{1980 + number % 30}-0{1 + number % 9}-1{number % 9}"
            name = f"Aline{number},Bertrand{number % 5},{born}"
            persons.append(f"{place}{number},{name},F,H1A 1A{number % 9},514555{number:04d},,{number} rue Principale")
            enrolments.append(f"e{place}{number},{place}{number},P1,2026-0{1 + number // 12}-0{1 + number % 9},,")
        drop(settings, agency_id, f"persons_2026-{month:02d}.csv", lines(*persons))
        drop(settings, agency_id, f"enrolments_2026-{month:02d}.csv", lines(*enrolments))
        received = [
            f"{kind}_2026-{before:02d}.csv,2026-{before:02d}-28"
            for kind in ("persons", "enrolments")
            for before in range(1, month + 1)
        ]
        drop(settings, agency_id, "received.csv", lines("file,received", *received))


def copy_of(settings: Settings, root: Path) -> Settings:
    """The same data below another root, links and times included."""
    shutil.copytree(settings.data, root / "data", symlinks=True)
    return replace(settings, data=root / "data", site=root / "site")


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name != "AS_OF"}
    return {
        **own,
        "DORSALE_DATA": str(settings.data),
        "DORSALE_EXPECTATIONS": str(settings.expectations),
        "DORSALE_SITE": str(settings.site),
        "COLUMNS": "200",
        **more,
    }


def run_with_fault(
    settings: Settings, library: Path, kind: str, at: int, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the command with a fault at its `at`-th change below the data root (`kind` as in `failing_disk.c`)."""
    environment = environment_of(
        settings, LD_PRELOAD=str(library), FAULT_ROOT=f"{settings.data}/", FAULT_KIND=kind, FAULT_AT=str(at)
    )
    return _run(arguments, environment)


def count_changes(settings: Settings, library: Path, *arguments: str) -> int:
    """How many changes the command makes below the data root when nothing fails."""
    counts = settings.data.parent / "changes"
    environment = environment_of(
        settings,
        LD_PRELOAD=str(library),
        FAULT_ROOT=f"{settings.data}/",
        FAULT_KIND="full",
        FAULT_AT="0",
        FAULT_COUNT=str(counts),
    )
    done = _run(arguments, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return max(int(line) for line in counts.read_text().split())


def kill_after_step(settings: Settings, step: str, asked: signal.Signals = signal.SIGKILL) -> None:
    """Run a build and send it a signal as soon as it says that a step has ended: it ends by that signal."""
    command = [DORSALE, "build", "--no-site"]
    environment = environment_of(settings, PYTHONUNBUFFERED="1")
    with subprocess.Popen(  # noqa: S603
        command, env=environment, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if step in line.split():
                process.send_signal(asked)
                break
    assert process.returncode == -asked


def kill_after_seconds(settings: Settings, seconds: float) -> None:
    """Run a build and kill it after some time, if it has not ended by itself."""
    with subprocess.Popen(  # noqa: S603
        [DORSALE, "build", "--no-site"],
        env=environment_of(settings),
        cwd=PROJECT_ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()


def tables(settings: Settings) -> dict[str, str]:
    """A hash of each table's content, and of what is published but for the seconds that its proof took."""
    return {**made_tables(settings), "published": fingerprint(settings.published, "*.[cp]*")}


def archived(settings: Settings) -> dict[str, bytes]:
    """The bytes of each archived file, by its hash."""
    return {path.name: path.read_bytes() for path in settings.archive.glob("??/*") if len(path.name) == 64}


def run_elsewhere(settings: Settings, cores: set[int] | None = None, **environment: str) -> None:
    """A build in another environment, on these cores of the machine alone."""
    done = subprocess.run(  # noqa: S603
        [DORSALE, "build", "--no-site"],
        env=environment_of(settings, **environment),
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _run(arguments: tuple[str, ...], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [DORSALE, *arguments], env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
