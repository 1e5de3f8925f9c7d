"""Builds: the demonstration from the drop folder to published tables, by the real command.

Belongs here: what lies in the drop folder before each build, and what the log says of it. Stays out: floors.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.bench.children import Cost, medians, run, tell

DORSALE = str(Path(sys.executable).parent / "dorsale")
FULL, MONTH, NOTHING = "full, from nothing", "one new month", "nothing new"


@dataclass(frozen=True)
class Build:
    """One build: its cost, whether it was built or nothing was new, seconds by stage, rows in all and rows that were
    new, persons counted once (zero where nothing ran)."""

    cost: Cost
    outcome: str
    stages: dict[str, float]
    rows: int
    new_rows: int
    persons: int


def write_demonstration(data: Path, scale: int) -> None:
    run([DORSALE, "demo", "--scale", str(scale)], data)


def measure_builds(data: Path, times: int) -> dict[str, Build]:
    """Each kind of build so many times, medians of their costs; a full build is what is left in `data`.

    The unmeasured build before the month leaves dbt's parse cache, which lies outside of `data`.
    """
    found: dict[str, list[Build]] = {FULL: [], MONTH: [], NOTHING: []}
    for _ in range(times):
        empty(data)
        held_back = hold_back_last_month(data)
        build(data, "all but the last month")
        for aside, path in held_back:
            aside.rename(path)
        found[MONTH].append(build(data, MONTH))
        found[NOTHING].append(build(data, NOTHING))
        empty(data)
        found[FULL].append(build(data, FULL))
    return {kind: median_build(several) for kind, several in found.items()}


def build(data: Path, name: str) -> Build:
    cost, _ = run([DORSALE, "build", "--no-site"], data)
    tell(f"{name}: {cost.seconds:.1f} s, CPU {cost.cpu_seconds:.1f} s, {cost.peak_gib:.2f} GiB")
    lines = last_build_lines(data)
    steps = {line["step"]: line for line in lines if line["event"] == "step"}
    ended = next(line for line in lines if line["event"] == "build_ended")
    return Build(
        cost,
        ended["outcome"],
        {name: float(step["seconds"]) for name, step in steps.items()},
        int(ended["rows_in"]),
        counted(r"(\d+) new rows", steps, "validate"),
        counted(r"= (\d+) persons", steps, "link"),
    )


def last_build_lines(data: Path) -> list[dict[str, Any]]:
    """The log's lines of the last build."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((data / "log").glob("*.jsonl"))]
    lines = [json.loads(line) for text in texts for line in text.splitlines()]
    begun = max(number for number, line in enumerate(lines) if line["event"] == "build_started")
    return lines[begun:]


def counted(pattern: str, steps: dict[str, dict[str, Any]], name: str) -> int:
    found = re.search(pattern, steps[name]["counts"]) if name in steps else None
    return int(found[1]) if found else 0


def median_build(builds: list[Build]) -> Build:
    """The build whose seconds are the median, with the medians of all costs."""
    middle = sorted(builds, key=lambda build: build.cost.seconds)[len(builds) // 2]
    cost = medians([build.cost for build in builds])
    return replace(middle, cost=cost)


def hold_back_last_month(data: Path) -> list[tuple[Path, Path]]:
    """Move the files received in the latest month out of the drop folder; return where they lie and belong."""
    received: dict[Path, str] = {}
    for listing in (data / "raw").glob("*/received.csv"):
        with listing.open(encoding="utf-8", newline="") as lines:
            received |= {listing.parent / row["file"]: row["received"][:7] for row in csv.DictReader(lines)}
    last = max(received.values())
    aside = data.parent / "held_back"
    aside.mkdir(exist_ok=True)
    moved = [
        (aside / f"{path.parent.name}-{path.name}", path) for path, month in sorted(received.items()) if month == last
    ]
    for place, path in moved:
        path.rename(place)
    return moved


def empty(data: Path) -> None:
    """Leave the drop folder alone."""
    for path in data.iterdir():
        if path.name == "raw":
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
