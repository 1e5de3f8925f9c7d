"""The same every time: equal files, expectations and day give equal tables, wherever, whenever and in whatever order;
and a build of a past day knows what had come by that day.

A sample runs in `make test`, all of it in `make test-faults`.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from dagster_project.settings import Settings
from tests.conftest import run_dorsale
from tests.integration.faults import another_clock, base, copy_of, run_elsewhere, tables

__all__ = ["another_clock", "base"]

LONG = pytest.mark.faults
DAY = 24 * 3600
# Environment, seconds by which the clock is wrong, and cores.
PLACES = [
    pytest.param({"TZ": "Pacific/Kiritimati", "LANG": "fr_CA.UTF-8", "LC_ALL": "C"}, -DAY, 1),
    pytest.param({"TZ": "UTC"}, 0, 2, marks=LONG),
    pytest.param({"TZ": "America/St_Johns"}, 0, 2, marks=LONG),
    pytest.param({"TZ": "America/St_Johns"}, 120 * DAY, 1, marks=LONG),
    pytest.param({"TZ": "UTC", "PYTHONHASHSEED": "7"}, -DAY, 2, marks=LONG),
]


def new_root(base: Settings, root: Path, order: random.Random | None = None) -> Settings:
    """The base's files, dropped into empty rooms, in a random order if one is given; the same key makes the numbers."""
    settings = Settings(base.project, root / "data", base.expectations, root / "site")
    settings.journal.mkdir(parents=True)
    (settings.journal / "derivation.key").write_bytes((base.journal / "derivation.key").read_bytes())
    files = sorted(path for path in base.raw.rglob("*") if path.is_file())
    if order:
        order.shuffle(files)
    for path in files:
        target = settings.raw / path.relative_to(base.raw)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        if order:
            moment = 1_700_000_000 + order.randrange(10**7)
            os.utime(target, (moment, moment))
    return settings


@pytest.mark.parametrize(("environment", "offset", "cores"), PLACES)
def test_wherever_and_whenever(
    environment: dict[str, str], offset: int, cores: int, another_clock: Path, base: Settings, tmp_path: Path
) -> None:
    settings = new_root(base, tmp_path)
    clock = {"LD_PRELOAD": str(another_clock), "CLOCK_OFFSET": str(offset)} if offset else {}
    run_elsewhere(settings, set(range(cores)), **environment, **clock)
    assert tables(settings) == tables(base)


@LONG
@pytest.mark.parametrize("seed", range(10))
def test_in_whatever_order_files_come(seed: int, base: Settings, tmp_path: Path) -> None:
    settings = new_root(base, tmp_path, random.Random(seed))  # noqa: S311
    run_elsewhere(settings)
    assert tables(settings) == tables(base)


def in_two_drops(settings: Settings, *environments: dict[str, str]) -> dict[str, str]:
    """The tables where one file comes a build later than the others, each build in an environment of its own."""
    later = settings.raw / "clinic" / "enrolments_2026-02.csv"
    content = later.read_bytes()
    later.unlink()
    for environment in environments:
        run_elsewhere(settings, **environment)
        later.write_bytes(content)
    return tables(settings)


@LONG
def test_across_a_change_of_summer_time(another_clock: Path, base: Settings, tmp_path: Path) -> None:
    """Files that come before and after the change, in builds of their own: what is kept is in UTC."""
    # The clocks of Newfoundland go back in the night to 1 November 2026.
    before, after = ({"TZ": "America/St_Johns", **moved(another_clock, days)} for days in (-22, -21))
    across = in_two_drops(new_root(base, tmp_path / "across"), before, after, {"TZ": "America/St_Johns"})
    assert across == in_two_drops(new_root(base, tmp_path / "utc"), {"TZ": "UTC"}, {"TZ": "UTC"})


def moved(another_clock: Path, days: int) -> dict[str, str]:
    return {"LD_PRELOAD": str(another_clock), "CLOCK_OFFSET": str(days * DAY)}


def notes(settings: Settings) -> list[Path]:
    """What a build notes of itself, of whatever day."""
    return [settings.kept_list, *settings.build_receipts.iterdir()]


def files_of(settings: Settings, room: str) -> list[Path]:
    return [path for path in (settings.data / room).rglob("*") if path.is_file()]


def test_a_past_day_is_built_as_it_could_be_known_then(base: Settings, tmp_path: Path) -> None:
    then, dated = new_root(base, tmp_path / "then"), copy_of(base, tmp_path / "dated")
    for path in then.raw.glob("*/*_2026-02.csv"):
        path.unlink()
    today = tables(dated)
    journal = {path: path.read_bytes() for path in files_of(dated, "journal") if path not in notes(dated)}
    told = {path: path.stat().st_mtime_ns for room in ("feedback", "stewardship") for path in files_of(dated, room)}

    run_elsewhere(then, AS_OF="2026-02-20")
    run_elsewhere(dated, AS_OF="2026-02-20")
    assert tables(dated) == tables(then)
    assert {path: path.read_bytes() for path in journal} == journal, "a past day decides nothing"
    assert {path: path.stat().st_mtime_ns for path in told} == told, "an agency is told of today"

    run_dorsale(dated, "release", "--because", "Of a past day.", expect=1)
    run_dorsale(dated, "build", "--no-site")
    assert tables(dated) == today
