"""Summary: the first sheet of a return: what became of the file, what changed, how far columns are filled, whom to ask.

Belongs here: its layout. Stays out: the findings (workbook), and counting (history).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dagster_project.contracts import Expectations
from dagster_project.feedback.cells import Formats, write_text, write_value
from dagster_project.feedback.returned import Return
from dagster_project.feedback.words import WORDS


def write_summary(sheet: Any, formats: Formats, expectations: Expectations, returned: Return, is_whole: bool) -> None:
    words = WORDS[returned.language]
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, 5, 16)
    lines = list(_lines(expectations, returned, words))
    if not is_whole:
        lines.append(("", words["only_marked_rows"]))
    for n, (label, value) in enumerate(lines):
        write_text(sheet, n, 0, label, formats.bold)
        write_value(sheet, n, 1, value, formats.plain)
    row = len(lines)
    if returned.shows_cells:
        write_text(sheet, row, 0, words["legend"], formats.bold)
        for severity in ("quarantine", "warn"):
            write_text(sheet, row, 1, words[f"legend_{severity}"], formats.bad_cell[severity])
            row += 1
    row = _write_changes(sheet, row + 1, formats, expectations, returned)
    _write_filled(sheet, row + 1, formats, expectations, returned)


def _lines(expectations: Expectations, returned: Return, words: dict[str, str]) -> Iterator[tuple[str, str | int]]:
    """What became of the file, what to do, whom to ask."""
    submission, language = returned.submission, returned.language
    agreement = expectations.agreements.get(submission.agency_id)
    asked = sum(len(group.members) for group in returned.groups)
    yield words["outcome"], words[returned.outcome]
    please = "please_nothing" if returned.is_replaced else "please" if returned.groups else "thanks"
    yield "", words[please]
    if returned.shows_cells:
        for name in ("please_cells", "please_answer", "safe_way"):
            yield "", words[name]
    yield words["file"], Path(submission.path).name
    yield words["agency"], agreement.name[language] if agreement else submission.agency_id
    if submission.period_start:
        yield words["period"], f"{submission.period_start} – {submission.period_end}"
    yield words["received"], submission.received_date
    for name, count in (
        ("rows_in", returned.rows_in),
        ("rows_accepted", returned.rows_accepted),
        ("rows_quarantined", returned.rows_quarantined),
        ("findings" if returned.is_replaced else "questions_open", asked),
    ):
        yield words[name], count
    if returned.known:
        yield words["known"], returned.known
        yield "", words["known_help"]
    if submission.kind == "answers":
        yield words["answers_taken"], returned.answers
    if agreement:
        yield words["expected"], "; ".join(file.pattern for file in agreement.agreed_files)
    yield words["contact"], expectations.initiative.contact


def _write_changes(sheet: Any, row: int, formats: Formats, expectations: Expectations, returned: Return) -> int:
    """Rows and findings of each dataset beside the period before; return the next free row."""
    if not returned.changes:
        return row
    words = WORDS[returned.language]
    before = next((change for change in returned.changes if change.start_before), None)
    write_text(sheet, row, 0, words["changes"], formats.title)
    told = words["no_period_before"]
    if before:
        told = words["period_before"].format(start=before.start_before, end=before.end_before)
    write_text(sheet, row, 1, told, formats.plain)
    headers = ("dataset", "rows_now", "rows_before", "difference", "findings_now", "findings_before")
    for column, name in enumerate(headers):
        write_text(sheet, row + 1, column, words[name], formats.bold)
    for n, change in enumerate(returned.changes, row + 2):
        label = expectations.contracts[change.dataset].label[returned.language]
        line: tuple[str | int, ...] = (label, change.rows, "–", "–", change.findings, "–")
        if change.rows_before is not None:
            difference = change.rows - change.rows_before
            line = (label, change.rows, change.rows_before, difference, change.findings, change.findings_before)
        _write_line(sheet, n, line, formats.plain)
    return row + 2 + len(returned.changes)


def _write_filled(sheet: Any, row: int, formats: Formats, expectations: Expectations, returned: Return) -> None:
    if not returned.filled:
        return
    words = WORDS[returned.language]
    write_text(sheet, row, 0, words["filled"], formats.title)
    for column, name in enumerate(("dataset", "column", "share_filled")):
        write_text(sheet, row + 1, column, words[name], formats.bold)
    for n, filled in enumerate(returned.filled, row + 2):
        label = expectations.contracts[filled.dataset].label[returned.language]
        _write_line(sheet, n, (label, filled.header), formats.plain)
        sheet.write_number(n, 2, filled.share, formats.percent)


def _write_line(sheet: Any, row: int, values: tuple[str | int, ...], look: Any) -> None:
    for column, value in enumerate(values):
        write_value(sheet, row, column, value, look)
