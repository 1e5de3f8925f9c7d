"""`make bench`: a build timed against its floor, in one run on one machine.

Belongs here: measuring, printed as a table to keep in docs/benchmarks.md by hand. Stays out: judging; no test is timed.
The floor is DuckDB reading the mapped rows once and counting the same persons in one statement.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import duckdb

from dagster_project.settings import PROJECT_ROOT

DORSALE = str(Path(sys.executable).parent / "dorsale")
RUNS = 3
FLOOR = """
    select e._agency_id, count(distinct e.person_id_agency), count(distinct c.contact_id_agency)
    from read_parquet('{data}/vault/extracts/enrolments/*.parquet', union_by_name = true) as e
    left join read_parquet('{data}/vault/extracts/contacts/*.parquet', union_by_name = true) as c
      on c._agency_id = e._agency_id and c.person_id_agency = e.person_id_agency
    group by all
"""


def timed_build(data: Path) -> float:
    """Seconds of one `dorsale build --no-site` on a data root."""
    environment = {**os.environ, "DORSALE_DATA": str(data)}
    started = time.perf_counter()
    subprocess.run([DORSALE, "build", "--no-site"], env=environment, check=True, capture_output=True)  # noqa: S603
    return time.perf_counter() - started


def empty(data: Path) -> None:
    """Leave the drop folder and dbt's parse cache, which lies outside a default data root."""
    for path in data.iterdir():
        if path.name not in ("raw", "dbt_target"):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def main() -> None:
    """Time full builds, a rerun and the floor on the demonstration partners, and print them."""
    with tempfile.TemporaryDirectory(prefix="dorsale-bench-") as folder:
        data = Path(folder) / "data"
        shutil.copytree(PROJECT_ROOT / "data" / "raw", data / "raw")
        timed_build(data)
        full = []
        for _ in range(RUNS):
            empty(data)
            full.append(timed_build(data))
        again = [timed_build(data) for _ in range(RUNS)]
        floors = []
        for _ in range(RUNS):
            started = time.perf_counter()
            duckdb.sql(FLOOR.format(data=data)).fetchall()
            floors.append(time.perf_counter() - started)
        files = sum(path.is_file() for path in (data / "raw").rglob("*"))
    floor = statistics.median(floors)
    versions = ", ".join(f"{name} {version(name)}" for name in ("dagster", "dbt-core", "duckdb", "great-expectations"))
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}; {files} files"
    )
    print("| what | median s | all runs | ratio to the floor |\n|---|---|---|---|")
    for name, seconds in (("full build", full), ("rerun, nothing new", again), ("floor", floors)):
        median = statistics.median(seconds)
        runs = ", ".join(f"{s:.2f}" for s in seconds)
        print(f"| {name} | {median:.2f} | {runs} | {median / floor:.0f} |")


if __name__ == "__main__":
    main()
