"""Remarks: what staff of an agency wrote beside their answers, for the analyst to read.

Belongs here: the workbook in the private room `stewardship`. Stays out: what the answers do (answers).
"""

from __future__ import annotations

from dagster_project.feedback.answers import Remark
from dagster_project.feedback.cells import open_workbook, write_text
from dagster_project.settings import Settings
from dagster_project.submissions import Submission

COLUMNS = ("agency_id", "received_date", "dataset", "rule_id", "column", "findings", "answer", "name", "remark")


def write_remarks(settings: Settings, submission: Submission, remarks: list[Remark]) -> None:
    """One workbook for each return that brought answers; texts of an agency stay texts."""
    if not remarks:
        return
    name = f"{submission.received_date}_{submission.agency_id}_{submission.submission_id[:8]}.xlsx"
    with open_workbook(settings.stewardship / "finding_answers" / name) as (workbook, formats):
        sheet = workbook.add_worksheet("Answers")
        sheet.set_column(0, len(COLUMNS) - 1, 20)
        for column, header in enumerate(COLUMNS):
            write_text(sheet, 0, column, header, formats.bold)
        for row, one in enumerate(remarks, 1):
            answer = one.answer
            place = (submission.agency_id, submission.received_date, answer.dataset or "", answer.rule_id)
            told = (answer.column or "", str(len(answer.subjects)), answer.answer, one.name, one.remark)
            for column, text in enumerate((*place, *told)):
                write_text(sheet, row, column, text, formats.text)
