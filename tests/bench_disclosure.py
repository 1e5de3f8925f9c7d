"""How long hiding and its proof take (`make bench-disclosure`): zones by needs by months, with all totals.

Counts are made up and many are small. What is told: how many are small, how many of these can be computed when only
they are hidden, how many more are hidden, how many can be computed then, and the seconds.
"""

from __future__ import annotations

import sys
import time
from itertools import product

import numpy as np

from dagster_project.disclosure.attack import PUBLIC, attack, surely_open
from dagster_project.disclosure.complementary import hide_more
from dagster_project.disclosure.linked_system import link
from dagster_project.disclosure.worlds import Worlds
from tests.unit.counted import count, counts

SIZES = {"10,000": (24, 24, 15), "100,000": (64, 48, 31)}


def cells(zones: int, needs: int, months: int, seed: int) -> list[dict[str, object]]:
    """All cells of a cube with its margins."""
    random = np.random.default_rng(seed)
    inner = np.floor(random.lognormal(3.4, 1.1, (zones, needs, months)))
    for axis in range(3):
        inner = np.concatenate([inner, inner.sum(axis=axis, keepdims=True)], axis=axis)
    rows = []
    for zone, need, month in product(range(zones + 1), range(needs + 1), range(months + 1)):
        day = f"{2000 + month // 12}-{month % 12 + 1:02}"
        kind = ("year", "2000-01-01", "2099-12-31") if month == months else ("month", f"{day}-01", f"{day}-28")
        rows.append(
            count(
                float(inner[zone, need, month]),
                zone_id="" if zone == zones else f"zone{zone}",
                breakdown_kind="" if need == needs else "need",
                breakdown_code="" if need == needs else f"need{need}",
                interval_kind=kind[0],
                interval_start=kind[1],
                interval_end=kind[2],
            )
        )
    return rows


if __name__ == "__main__":
    for name, (zones, needs, months) in SIZES.items():
        if len(sys.argv) > 1 and sys.argv[1] != name:
            continue
        table = counts(*cells(zones, needs, months, seed=1))
        started = time.perf_counter()
        system = link(table)
        before = surely_open(system, system.unit_shown)
        worlds = Worlds(system)
        shown = hide_more(system, [], worlds)
        hidden_at = time.perf_counter()
        after = attack(system, shown, PUBLIC, worlds)
        ended = time.perf_counter()
        print(
            f"{len(table):,} cells, {int((~system.unit_shown).sum()):,} small, of which at least"
            f" {len(before):,} can be computed; {int((system.unit_shown & ~shown).sum()):,} more hidden, then"
            f" {len(after.open_counts)} can;"
            f" {hidden_at - started:.1f} s to find what to hide, {ended - hidden_at:.1f} s to prove it."
        )
