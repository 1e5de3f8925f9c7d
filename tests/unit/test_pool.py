"""One file can neither stop nor slow the rest: what breaks or hangs a reader is told, and the others are read."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest

from dagster_project.intake.reading import UnusableFileError
from dagster_project.intake.reading import pool as reading_pool
from dagster_project.intake.reading.agreed import AgreedFile
from dagster_project.intake.reading.pool import ReadingTask, read_in_pool
from tests.made_files import TEXT, agreed, zipped

NEEDED: dict[str | None, frozenset[str]] = {None: frozenset({"id"})}


def text_task(folder: Path, number: int) -> ReadingTask:
    path = folder / f"good{number}.csv"
    path.write_text(f"id,name\n{number},Ann\n", encoding="utf-8")
    return ReadingTask(path, TEXT, NEEDED)


def ids_of(result: object) -> list[str]:
    assert isinstance(result, AgreedFile)
    return [str(cell) for cell in result.open_sheet(None).rows["c0"].to_pylist()]


def test_files_are_read_in_order(tmp_path: Path) -> None:
    tasks = [text_task(tmp_path, number) for number in range(12)]
    assert [ids_of(result) for result in read_in_pool(tasks)] == [[str(number)] for number in range(12)]


def test_processes_that_end_for_no_file_s_sake_cost_no_file(tmp_path: Path) -> None:
    """As when the machine is short of memory: the system ends whatever is at work."""
    tasks = [text_task(tmp_path, number) for number in range(1, 4)]
    tasks[1].path.write_text("id,name\n" + "2,Ann\n" * 3_000_000, encoding="utf-8")
    results = read_in_pool(tasks)
    first = ids_of(next(results))
    time.sleep(0.3)
    for process in multiprocessing.active_children():
        process.kill()
    second, third = (ids_of(result) for result in results)
    assert (first, len(second), set(second), third) == (["1"], 3_000_000, {"2"}, ["3"])


def test_a_file_that_takes_too_long_is_given_up_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Record by record, with a quote astray in each: many seconds of work, where five are allowed.
    slow = tmp_path / "slow.csv"
    slow.write_text("id,name,note\n" + '1,"Ann,"of ""the hill"" x,y\n' * 1_500_000, encoding="utf-8")
    monkeypatch.setattr(reading_pool, "MOST_SECONDS", 5)
    monkeypatch.setattr(reading_pool, "SECONDS_PER_MEGABYTE", 0)
    started = time.monotonic()
    first, second, third = read_in_pool(
        [text_task(tmp_path, 1), ReadingTask(slow, TEXT, NEEDED), text_task(tmp_path, 3)]
    )
    assert (ids_of(first), ids_of(third)) == (["1"], ["3"])
    assert isinstance(second, UnusableFileError)
    assert second.rule_id == "took_too_long"
    assert time.monotonic() - started < 60


def test_a_file_that_asks_for_too_much_memory_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = '<table:table-row table:number-rows-repeated="900000">' + '<table:table-cell office:value-type="string" '
    row += 'table:number-columns-repeated="900"><text:p>Zyxcanary</text:p></table:table-cell></table:table-row>'
    content = f"""<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>
<table:table table:name="Data">{row}</table:table></office:spreadsheet></office:body></office:document-content>"""
    path = tmp_path / "bomb.ods"
    path.write_bytes(zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}))
    bomb = ReadingTask(path, agreed(kind="workbook"), {"Data": frozenset()})
    first, second, third = read_in_pool([text_task(tmp_path, 1), bomb, text_task(tmp_path, 3)])
    assert (ids_of(first), ids_of(third)) == (["1"], ["3"])
    if isinstance(second, AgreedFile):
        with pytest.raises(UnusableFileError) as caught:
            second.open_sheet("Data")
        second = caught.value
    assert isinstance(second, UnusableFileError)
    assert second.rule_id in ("reading_failed", "too_many_cells", "unreadable_file")
