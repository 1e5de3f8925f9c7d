"""Tables: what was measured, as Markdown with targets; a missed one says so.

Belongs here: columns, ratios, targets. Stays out: measuring.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise

from tests.bench.builds import FULL, MONTH, NOTHING, Build
from tests.bench.children import GIB, Cost

PACKAGES = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "pandas", "splink")
MOST_SECONDS = {FULL: 20.0, NOTHING: 5.0}
MOST_OF_FULL = 0.25
MOST_GIB = 8.0
MOST_GROWTH = 11.0
MOST_OF_FLOORS = 1.3


@dataclass(frozen=True)
class Ratio:
    """A stage, or the whole, against its floor, and the most that it may be of it."""

    name: str
    seconds: float
    floor_name: str
    floor_seconds: float
    most: float


@dataclass(frozen=True)
class Measured:
    """All of one scale."""

    scale: int
    builds: dict[str, Build]
    floors: dict[str, Cost]
    floors_agree: bool
    ratios: list[Ratio]


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    kind, python = platform.machine(), platform.python_version()
    return f"{kind}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {python}, {versions}"


def load() -> str:
    """How many processes wanted a core in the last minute: more than this run's own two mean that others worked too."""
    return f"load {os.getloadavg()[0]:.1f}"


def print_scale(found: Measured) -> None:
    print(f"\n## Scale {found.scale}")
    print_builds(found)
    print_stages(found)
    print_floors(found)
    print_ratios(found)


def print_builds(found: Measured) -> None:
    full = found.builds[FULL]
    rows: list[Sequence[object]] = []
    for kind, build in found.builds.items():
        targets = [met("8 GiB", build.cost.peak_gib, MOST_GIB)]
        if kind in MOST_SECONDS and (found.scale == 1 or kind == NOTHING):
            targets.append(met(f"{MOST_SECONDS[kind]:.0f} s", build.cost.seconds, MOST_SECONDS[kind]))
        of_full = build.cost.seconds / full.cost.seconds
        if kind == MONTH:
            targets.append(met(f"{MOST_OF_FULL} of full", of_full, MOST_OF_FULL))
        cost = build.cost
        figures = [f"{figure:.2f}" for figure in (cost.seconds, cost.cpu_seconds, of_full, cost.peak_gib)]
        counts = [build.rows, build.new_rows, build.persons or ""]
        rows.append((kind, build.outcome, *figures, f"{cost.written_mib:.0f}", *counts, ", ".join(targets)))
    print_table("build|outcome|s|CPU s|of full|peak GiB|written MiB|rows in|new rows|persons|target", rows)


def print_stages(found: Measured) -> None:
    """Seconds of each stage, and its share of the whole build."""
    builds = [found.builds[kind] for kind in (FULL, MONTH)]
    rest = [share(build.cost.seconds - sum(build.stages.values()), build.cost.seconds) for build in builds]
    rows: list[Sequence[object]] = []
    for stage in builds[0].stages:
        cells = [cell for b in builds for cell in share(b.stages.get(stage, 0.0), b.cost.seconds)]
        rows.append((stage, *cells))
    rows.append(("starting, importing, keeping history", *rest[0], *rest[1]))
    print_table(f"stage|{FULL}: s|%|{MONTH}: s|%", rows)


def share(seconds: float, whole: float) -> tuple[str, str]:
    return f"{seconds:.1f}", f"{100 * seconds / whole:.0f}"


def print_floors(found: Measured) -> None:
    rows = [
        (name, f"{c.work:.2f}", f"{c.seconds:.2f}", f"{c.cpu_seconds:.2f}", f"{c.peak_gib:.2f}")
        for name, c in found.floors.items()
    ]
    print_table("floor|s|with starting Python|CPU s|peak GiB", rows)
    print(f"\nDuckDB and pandas count {'the same' if found.floors_agree else 'DIFFERENTLY'}.")


def print_ratios(found: Measured) -> None:
    rows = [
        (r.name, f"{r.seconds:.2f}", r.floor_name, f"{r.floor_seconds:.2f}", f"{r.seconds / r.floor_seconds:.2f}",
         met(f"{r.most}", r.seconds / r.floor_seconds, r.most))
        for r in found.ratios
    ]  # fmt: skip
    print_table("what|s|against|s|ratio|target", rows)


def print_growth(scales: Sequence[Measured]) -> None:
    """How many times more each scale costs than the one before; from 10 to 100 there is a target."""
    if len(scales) < 2:
        return
    print("\n## Growth from scale to scale")
    rows: list[Sequence[object]] = []
    for less, more in pairwise(scales):
        for kind in (FULL, MONTH, NOTHING):
            one, other = less.builds[kind], more.builds[kind]
            growth = other.cost.seconds / one.cost.seconds
            has_target = kind == FULL and (less.scale, more.scale) == (10, 100)
            target = met(f"{MOST_GROWTH:.0f}", growth, MOST_GROWTH) if has_target else ""
            cpu = other.cost.cpu_seconds / one.cost.cpu_seconds
            memory = other.cost.peak_gib / one.cost.peak_gib
            figures = [f"{figure:.2f}" for figure in (other.rows / one.rows, growth, cpu, memory)]
            rows.append((f"{less.scale} to {more.scale}", kind, *figures, target))
    print_table("scale|build|rows|s|CPU s|peak memory|target for s", rows)


def met(target: str, figure: float, most: float) -> str:
    return target if figure <= most else f"**{target}: missed**"


def print_table(headers: str, rows: Sequence[Sequence[object]]) -> None:
    print(f"\n| {headers.replace('|', ' | ')} |")
    print("|" + "---|" * len(headers.split("|")))
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
