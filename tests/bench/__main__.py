"""Measure each scale that is given, 1 and 10 by default, and print its tables as soon as they are there.

Belongs here: the order of measurements. Stays out: how each is made.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.builds import FULL, measure_builds, write_demonstration
from tests.bench.children import Cost, measure, medians, tell
from tests.bench.tables import MOST_OF_FLOORS, Measured, Ratio, load, machine, print_growth, print_scale

TIMES_AT_SCALE_1 = 3
# Of each: stage, floor, what the floor is called, the most that the stage may be of it.
STAGES = {
    "validate": ("stages.judge", "stages.gx_alone", "Great Expectations alone", 1.2),
    "model": ("stages.dbt_build", "stages.compiled_sql", "its SQL in DuckDB", 1.25),
    "link": ("stages.identity", "stages.splink_alone", "Splink alone", 1.3),
}
MOST_OF_READING = 2.5
DUCKDB, PANDAS = "DuckDB: typed read_csv and counts", "pandas: read_csv and counts"


def measure_scale(data: Path, folder: Path, scale: int) -> Measured:
    times = TIMES_AT_SCALE_1 if scale == 1 else 1
    write_demonstration(data, scale)
    builds = measure_builds(data, times)
    measure("floors.write_canonical", data, folder)
    floors = {
        DUCKDB: repeated("floors.count_with_duckdb", data, folder, times),
        PANDAS: repeated("floors.count_with_pandas", data, folder, times),
    }
    agree = (folder / "counts_duckdb.csv").read_text() == (folder / "counts_pandas.csv").read_text()
    shutil.rmtree(folder / "csv")
    reading = Ratio("read", builds[FULL].stages["read"], DUCKDB, floors[DUCKDB].work, MOST_OF_READING)
    ratios = [reading]
    for name, (stage, floor, floor_name, most) in STAGES.items():
        seconds = repeated(stage, data, folder, times).work
        ratios.append(Ratio(name, seconds, floor_name, repeated(floor, data, folder, times).work, most))
    whole, sum_of_floors = builds[FULL].cost.seconds, sum(ratio.floor_seconds for ratio in ratios)
    ratios += [
        Ratio("whole build", whole, "sum of these floors", sum_of_floors, MOST_OF_FLOORS),
        # Both from starting Python on.
        Ratio("whole build", whole, PANDAS, floors[PANDAS].seconds, 1.0),
    ]
    return Measured(scale, builds, floors, agree, ratios)


def repeated(work: str, data: Path, folder: Path, times: int) -> Cost:
    return medians([measure(work, data, folder) for _ in range(times)])


def main() -> None:
    """Each scale in a folder of its own, removed before the next is written."""
    scales = [int(argument) for argument in sys.argv[1:]] or [1, 10]
    print(f"{machine()}; {load()} at the beginning")
    print(f"Scale 1: medians of {TIMES_AT_SCALE_1}; larger ones: one run.")
    measured = []
    for scale in scales:
        tell(f"scale {scale}")
        with tempfile.TemporaryDirectory(prefix="dorsale-bench-") as place:
            folder = Path(place) / "work"
            folder.mkdir()
            measured.append(measure_scale(Path(place) / "data", folder, scale))
        print_scale(measured[-1])
        sys.stdout.flush()
    print_growth(measured)
    print(f"\n{load()} at the end")


if __name__ == "__main__":
    main()
