"""How fast and how truly files are read (`make bench-reading`, with CORPUS=folder for the second).

Speed: 100,000 rows x 12 columns, as ratios against floors measured in the same run: python-calamine's own reading for
XLSX, DuckDB's `read_csv` to a table of texts for CSV. Truth: a corpus in the layout of Pollock (a folder of polluted
files, csv/, beside one of what is in them, clean/), read by `dorsale read`'s own function and compared by Pollock's ten
measures (Vitagliano et al., VLDB 2023): success, and precision, recall and F1 of headers, records and cells.
"""

from __future__ import annotations

import csv
import io
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import duckdb
import xlsxwriter
from python_calamine import CalamineWorkbook

from dagster_project.intake.detection import read_any
from dagster_project.intake.reading import UnusableFileError, open_file
from tests.made_files import TEXT

ROWS, REPEATS = 100_000, 5
HEADERS = [f"h{n}" for n in range(12)]
Table = list[list[str]]


def rows() -> Iterable[list[object]]:
    """As an agency's visits: numbers, names, days, codes, amounts, blanks, texts with commas."""
    chance = random.Random(1)  # noqa: S311
    for n in range(ROWS):
        yield [
            f"A{n:06d}", "Tremblay", "Marie Ève", f"19{chance.randint(10, 99)}-0{chance.randint(1, 9)}-1{n % 9}", "F",
            "G1A 1A1", n, chance.randint(0, 9999) / 100, "" if n % 3 else "at home, with the family", "Home visit", "",
            "x" * (n % 20),
        ]  # fmt: skip


def best(work: Callable[[], object]) -> float:
    """Seconds of the quickest of some runs."""
    found = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def measure_speed(folder: Path) -> None:
    text, workbook = folder / "visits.csv", folder / "visits.xlsx"
    with text.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADERS, *rows()])
    with xlsxwriter.Workbook(str(workbook), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Visits")
        for n, row in enumerate([HEADERS, *rows()]):
            sheet.write_row(n, 0, row)
    connection = duckdb.connect()
    query = f"create or replace table texts as select * from read_csv('{text}', all_varchar = true)"
    floor = best(lambda: connection.execute(query))
    ours = best(lambda: open_file(text, TEXT)(None))
    print(f"CSV   {ROWS} x 12: {ours:.3f} s, DuckDB {floor:.3f} s, ratio {ours / floor:.2f}")
    content = workbook.read_bytes()
    floor = best(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Visits").to_python())
    kind = replace(TEXT, kind="workbook")
    ours = best(lambda: open_file(workbook, kind)("Visits"))
    print(f"XLSX  {ROWS} x 12: {ours:.3f} s, python-calamine {floor:.3f} s, ratio {ours / floor:.2f}")


def measures(truth: Table, read: Table) -> list[float]:
    """Success; precision, recall and F1 of the header's cells, of the records, of all cells."""
    if not truth:
        return [1.0] * 10
    pairs = (
        (truth[0], read[0] if read else []),
        (["".join(row) for row in truth[1:]], ["".join(row) for row in read[1:]]),
        ([cell for row in truth for cell in row], [cell for row in read for cell in row]),
    )
    return [1.0, *(value for pair in pairs for value in agreement(*pair))]


def agreement(truth: list[str], read: list[str]) -> tuple[float, float, float]:
    if not truth:
        return 1.0, 1.0, 1.0
    common = sum((Counter(truth) & Counter(read)).values())
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / len(truth), common / len(read)
    return precision, recall, 2 * precision * recall / (precision + recall)


def measure_truth(corpus: Path) -> None:
    scores, lost, told = [], 0, 0
    for path in sorted((corpus / "csv").iterdir()):
        clean = corpus / "clean" / path.name
        if not clean.exists():
            continue
        with clean.open(encoding="utf-8-sig", newline="") as stream:
            truth = [[cell.strip() for cell in row] for row in csv.reader(stream)]
        try:
            found = read_any(path)
        except UnusableFileError:
            scores.append(0.0)
            continue
        read = [found.headers, *found.rows] if found.headers else []
        scores.append(sum(measures(truth, read)))
        missing = Counter("".join(row) for row in truth[1:]) - Counter("".join(row) for row in read[1:])
        is_told = bool(found.noticed or found.faulty)
        lost += bool(missing) and not is_told
        told += bool(missing) and is_told
    print(f"{corpus.name}: {len(scores)} files, {sum(scores) / len(scores):.3f} of 10")
    print(f"  files with a record that differs: {told + lost}, of which without a finding: {lost}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as room:
        measure_speed(Path(room))
    for folder in sys.argv[1:]:
        measure_truth(Path(folder))
