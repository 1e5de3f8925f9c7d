"""Answers: a return that came back is read: which finding each line is of, and what was chosen.

Belongs here: reading the workbook. Stays out: what answers do (memory). Names and remarks are for the analyst only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dagster_project.contracts import Expectations
from dagster_project.feedback.findings import PlacedFinding, grouped
from dagster_project.feedback.memory import Answer, AnsweredReturn
from dagster_project.feedback.subjects import subjects_of
from dagster_project.feedback.words import ANSWERS, WORDS
from dagster_project.intake.answers import findings_sheet
from dagster_project.intake.archive import archived_path
from dagster_project.intake.reading import Sheet, UnusableFileError
from dagster_project.intake.reading.pool import read_apart
from dagster_project.settings import Settings
from dagster_project.submissions import Submission

ANSWER_OF_WORD = {words[answer].casefold(): answer for words in WORDS.values() for answer in ANSWERS}


@dataclass(frozen=True)
class Remark:
    """What the analyst reads of one answer; it stays in the private rooms."""

    answer: Answer
    name: str
    remark: str


def read_answers(
    settings: Settings,
    expectations: Expectations,
    submission: Submission,
    answered: Submission | None,
    findings: list[PlacedFinding],
) -> tuple[AnsweredReturn, list[Remark]]:
    """What a return says of the findings of the submission that it answers (None: not known here)."""
    result = AnsweredReturn(submission.agency_id, str(submission.answers_to), submission.received_date)
    remarks = []
    groups = {group.code: group for group in grouped(findings)}
    lines = _lines(archived_path(settings, str(submission.sha256)))
    for row, code, word, by, remark in lines:
        answer, group = ANSWER_OF_WORD.get(word.casefold()), groups.get(code)
        if answer is None:
            result.problems.append(("unknown_answer", row))
        elif group is None or answered is None:
            result.problems.append(("answered_finding_gone", row))
        else:
            subjects = sorted(set(subjects_of(settings, expectations, answered, group.members)))
            first = group.first
            kept = Answer(first.dataset, first.shown.code, first.name, answer, _initials(by), subjects)
            result.answers.append(kept)
            remarks.append(Remark(kept, by, remark))
    if not lines:
        result.problems.append(("no_answer_given", None))
    return result, remarks


def _lines(path: Path) -> list[tuple[int, str, str, str, str]]:
    """Of each line with an answer its row, code, answer, author and remark."""
    try:
        sheet = read_apart(findings_sheet, path)
    except UnusableFileError:
        return []
    columns = [_column(sheet, word) for word in ("code", "your_answer", "your_name", "remark")]
    if columns[0] is None or columns[1] is None:
        return []
    lines = []
    for line in sheet.rows.to_pylist():
        code, answer, by, remark = (str(line.get(column) or "") if column else "" for column in columns)
        if answer:
            lines.append((line["_row_number"], code, " ".join(answer.split()), by, remark))
    return lines


def _column(sheet: Sheet, word: str) -> str | None:
    found = (sheet.column_of(words[word]) for words in WORDS.values())
    return next((column for column in found if column is not None), None)


def _initials(name: str) -> str:
    return "".join(f"{part[0].upper()}." for part in name.split()[:4])
