"""Children: each measurement is a process of its own, so that none has another's memory or caches.

Belongs here: starting one and what it cost. Stays out: what is measured, and large libraries: until a child is another
program, it counts the memory of the process that started it as its own. As a module it is the child itself:
`python -m tests.bench.children stages judge DATA FOLDER` does that work and prints the seconds by its own clock, which
leaves out the start of Python and importing libraries.
"""

from __future__ import annotations

import importlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from dagster_project.settings import PROJECT_ROOT

GIB = 1024**3


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds on the wall and of processors (its children included), the peak memory of the
    largest process among it and its children, what was written to the disk's cache; `work` is its own clock."""

    seconds: float
    cpu_seconds: float
    peak_gib: float
    written_mib: float
    work: float = 0.0


class ChildError(Exception):
    """A child failed; the message is the end of what it said."""


def run(command: Sequence[str], data: Path) -> tuple[Cost, str]:
    """Run a command on a data root; return its cost and its output. Raises `ChildError`."""
    environment = {**os.environ, "DORSALE_DATA": str(data)}
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        child = subprocess.Popen(command, env=environment, cwd=PROJECT_ROOT, stdout=output, stderr=output)  # noqa: S603
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read()
    if child.returncode:
        raise ChildError(f"{' '.join(command)} ended with {child.returncode}:\n{said[-3000:]}")
    cpu_seconds = used.ru_utime + used.ru_stime
    cost = Cost(seconds, cpu_seconds, used.ru_maxrss * 1024 / GIB, used.ru_oublock * 512 / 1024**2)
    return cost, said


def measure(work: str, data: Path, folder: Path) -> Cost:
    """Run a function of this package, named as module.function, in a child."""
    module, function = work.split(".")
    command = [sys.executable, "-m", "tests.bench.children", module, function, str(data), str(folder)]
    cost, said = run(command, data)
    cost = Cost(*astuple(cost)[:-1], work=float(said.split()[-1]))
    tell(f"{work}: {cost.work:.2f} s, {cost.peak_gib:.2f} GiB")
    return cost


def medians(costs: Sequence[Cost]) -> Cost:
    """Each figure's own median."""
    return Cost(*(statistics.median(figures) for figures in zip(*map(astuple, costs), strict=True)))


def tell(line: str) -> None:
    """How far the run came, for whoever waits; a run that breaks off has said what it measured."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    module_name, function_name, data_root, working_folder = sys.argv[1:]
    do_work = getattr(importlib.import_module(f"tests.bench.{module_name}"), function_name)
    print(do_work(Path(data_root), Path(working_folder)))
