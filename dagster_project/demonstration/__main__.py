"""The command line: `python -m dagster_project.demonstration --root data/raw --scale 1 --seed 20250101`."""

from __future__ import annotations

import argparse
from pathlib import Path

from dagster_project.demonstration.writing import DEFAULT_SEED, write_demonstration


def main() -> None:
    """Read the arguments and write the files."""
    parser = argparse.ArgumentParser(prog="python -m dagster_project.demonstration", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("data/raw"), help="the drop folder")
    parser.add_argument("--scale", type=int, default=1, help="so many times the families")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed gives other families")
    arguments = parser.parse_args()
    write_demonstration(arguments.root, arguments.scale, arguments.seed)


main()
