"""Workbook: a return as a file: summary, findings grouped by rule, the agency's sheets, the hidden mark.

Belongs here: the order of the sheets, and the sheet of findings. Stays out: the summary, the agency's own sheets
(sheets), and what is in a return (returns).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dagster_project.contracts import Expectations
from dagster_project.feedback.cells import Formats, open_workbook, sheet_name, write_text, write_value
from dagster_project.feedback.findings import Group
from dagster_project.feedback.returned import Return
from dagster_project.feedback.sheets import MarkedSheet, write_marked_sheet
from dagster_project.feedback.summary import write_summary
from dagster_project.feedback.words import ANSWERS, WORDS
from dagster_project.intake.answers import MARK_HEADERS, MARK_SHEET, MARK_VERSION

COLUMNS = (
    ("dataset", 18), ("sheet", 16), ("column", 20), ("what", 46), ("count", 10), ("example", 12), ("places", 22),
    ("remedy", 46), ("effect", 24), ("your_answer", 20), ("your_name", 18), ("remark", 30), ("code", 14),
)  # fmt: skip
PLACE = {name: number for number, (name, _) in enumerate(COLUMNS)}
MOST_PLACES = 300
MOST_PROPOSALS = 3


def write_workbook(path: Path, expectations: Expectations, returned: Return, marked: list[MarkedSheet]) -> None:
    """Write the whole return: summary, findings, the agency's sheets with their marks, the hidden mark."""
    words = WORDS[returned.language]
    taken = {MARK_SHEET}
    with open_workbook(path) as (workbook, formats):
        names = [sheet_name(words[name], taken) for name in ("summary", "findings")]
        is_whole = all(sheet.is_whole for sheet in marked)
        write_summary(workbook.add_worksheet(names[0]), formats, expectations, returned, is_whole)
        own_names = {sheet.name: sheet_name(sheet.name or words["data"], taken) for sheet in marked}
        _write_findings(workbook.add_worksheet(names[1]), formats, expectations, returned, own_names)
        for sheet in marked:
            write_marked_sheet(workbook.add_worksheet(own_names[sheet.name]), sheet, formats)
        mark = workbook.add_worksheet(MARK_SHEET)
        mark.very_hidden()
        values = (MARK_VERSION, returned.submission.agency_id, returned.submission.submission_id, names[1])
        for column, (header, value) in enumerate(zip(MARK_HEADERS, values, strict=True)):
            write_text(mark, 0, column, header, formats.text)
            write_text(mark, 1, column, value, formats.text)


def _write_findings(
    sheet: Any, formats: Formats, expectations: Expectations, returned: Return, own_names: dict[str | None, str]
) -> None:
    """A line for each group; where it may be answered, three cells to fill in."""
    words = WORDS[returned.language]
    sheet.freeze_panes(1, 0)
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width, None, {"hidden": name == "code"})
        write_text(sheet, 0, column, words[name], formats.bold)
    for n, group in enumerate(returned.groups, 1):
        for name, value in _cells_of(group, expectations, returned, own_names).items():
            write_value(sheet, n, PLACE[name], value, formats.plain)
        # A sheet sent back is not explained away: it needs its correction.
        if returned.may_be_answered and group.first.shown.severity != "reject":
            for name in ("your_answer", "your_name", "remark"):
                sheet.write_blank(n, PLACE[name], None, formats.answer)
            sheet.data_validation(
                n, PLACE["your_answer"], n, PLACE["your_answer"],
                {
                    "validate": "list",
                    "source": [words[answer] for answer in ANSWERS],
                    "input_message": words["answer_help"],
                    "error_message": words["answer_help"],
                },
            )  # fmt: skip


def _cells_of(
    group: Group, expectations: Expectations, returned: Return, own_names: dict[str | None, str]
) -> dict[str, str | int]:
    words = WORDS[returned.language]
    first, shown = group.first, group.first.shown
    # Nothing of a replaced or repeated file is counted, whatever the finding.
    effect = words[returned.state if returned.is_replaced else shown.severity]
    proposals = list(dict.fromkeys(member.proposal for member in group.members if member.proposal))
    return {
        "dataset": expectations.contracts[first.dataset].label[returned.language] if first.dataset else "",
        "sheet": own_names.get(shown.sheet or None, shown.sheet),
        "column": shown.column,
        "what": shown.message,
        "count": len(group.members),
        "example": f"{words['row']} {group.rows[0]}" if group.rows else "",
        "places": _places(group.rows, words),
        "remedy": " ".join([shown.remedy, *proposals[:MOST_PROPOSALS]]).strip(),
        "effect": effect,
        "code": group.code,
    }


def _places(rows: list[int], words: dict[str, str]) -> str:
    """Row numbers, those in a row told as a span: 3, 5-9, 12."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    told = ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in spans[:MOST_PLACES])
    more = sum(last - first + 1 for first, last in spans[MOST_PLACES:])
    return f"{told} {words['more_places'].format(count=more)}" if more else told
