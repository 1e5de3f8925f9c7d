"""Fuzzing the readers (`make fuzz`): whatever bytes come, reading ends soon, in little memory, and with a coded reason.

Atheris finds new ways through the readers by their coverage. Each input is read as text, workbook, zip and by
detection. A crash, a hang over five seconds or a growth over one GiB ends the run with the input kept for looking at;
anything but `UnusableFileError` is a crash. The seeds are the small nasty files of tests/fixtures.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["dagster_project.intake"]):
    from dagster_project.contracts import FileKind
    from dagster_project.intake.detection import read_any
    from dagster_project.intake.reading import UnusableFileError
    from dagster_project.intake.reading.agreed import read_agreed

FIXTURES = Path(__file__).parent / "fixtures"
SECONDS, HANG_SECONDS, MEGABYTES = 600, 5, 1024
KINDS = ("text", "workbook", "zip")
SUFFIXES = (".csv", ".xlsx", ".zip", ".ods", ".xls")


def kind_of(choice: int) -> FileKind:
    return FileKind(
        pattern="",
        kind=KINDS[choice % 3],
        encoding=("utf-8", "cp1252", "utf-16")[choice // 3 % 3],
        delimiter=(",", ";", "\t")[choice // 9 % 3],
        header_row=1 + choice // 27 % 3,
        totals_label="Total",
        delivers="month",
    )


def read_one(data: bytes) -> None:
    """The last byte chooses how the others are read, so that the seeds' beginnings stay what they are."""
    if len(data) < 2:
        return
    content, choice = data[:-1], data[-1]
    path = FOLDER / f"input{SUFFIXES[choice % len(SUFFIXES)]}"
    path.write_bytes(content)
    try:
        if choice % 2:
            read_any(path)
        else:
            kind = kind_of(choice)
            sheet = None if kind.kind == "text" else "Data"
            read_agreed(path, kind, {sheet: frozenset({"id", "name"})})
    except UnusableFileError:
        pass
    finally:
        path.unlink()
    # In KiB on Linux.
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - BEGINNING > MEGABYTES * 1024:
        raise MemoryError("reading grew by more than one GiB")


if __name__ == "__main__":
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory() as room:
        FOLDER = Path(room)
        seeds = FOLDER / "seeds"
        seeds.mkdir()
        for seed, path in enumerate(sorted(FIXTURES.rglob("*"))):
            if path.is_file() and path.stat().st_size < 200_000:
                (seeds / str(seed)).write_bytes(path.read_bytes() + bytes([seed % 256]))
        BEGINNING = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = Path(tempfile.gettempdir()) / "dorsale-fuzz"
        found.mkdir(parents=True, exist_ok=True)
        arguments = [
            sys.argv[0], f"-max_total_time={seconds}", f"-timeout={HANG_SECONDS}", f"-rss_limit_mb={MEGABYTES * 3}",
            "-max_len=65536", f"-artifact_prefix={found}/", str(seeds),
        ]  # fmt: skip
        atheris.Setup(arguments, read_one)
        atheris.Fuzz()
