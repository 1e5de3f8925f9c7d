"""Memory: what agencies answered to findings is kept in the journal, and silences the question for a time.

Belongs here: the journal's entries, and which finding is known. Stays out: reading what came back (answers), and
whether a row counts, which no answer changes. The journal holds rules, columns, keyed hashes and initials.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from dagster_project.feedback.findings import PlacedFinding
from dagster_project.settings import Settings
from dagster_project.submissions import FileFinding, Submission
from dagster_project.whole_files import write_whole


@dataclass(frozen=True)
class Answer:
    """One answer to all findings of one rule in one column; `by` holds initials."""

    dataset: str | None
    rule_id: str
    column: str | None
    answer: str
    by: str
    subjects: list[str]


@dataclass
class AnsweredReturn:
    """What one return that came back said: a file of the journal. `problems` are rules with a line of its sheet."""

    agency_id: str
    answers_to: str
    received_date: str
    answers: list[Answer] = field(default_factory=list)
    problems: list[tuple[str, int | None]] = field(default_factory=list)

    def file_findings(self, sheet: str) -> list[FileFinding]:
        return [FileFinding(rule_id, sheet=sheet if row else None, row=row) for rule_id, row in self.problems]


def journal_path(settings: Settings, submission_id: str) -> Path:
    return settings.journal / "finding_answers" / f"{submission_id}.json"


def load_answers(settings: Settings) -> dict[str, AnsweredReturn]:
    """Every return that ever came back, by its submission_id."""
    loaded = {}
    for path in sorted((settings.journal / "finding_answers").glob("*.json")):
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        answers = [Answer(**answer) for answer in data.pop("answers")]
        problems = [(rule_id, row) for rule_id, row in data.pop("problems")]
        loaded[path.stem] = AnsweredReturn(**data, answers=answers, problems=problems)
    return loaded


def keep(settings: Settings, submission_id: str, answered: AnsweredReturn) -> None:
    """Write the journal's entry; it is never written again."""
    content = json.dumps(asdict(answered), ensure_ascii=False, indent=1)
    write_whole(journal_path(settings, submission_id), content.encode())


class Memory:
    """Which findings of an agency are known and answered, on the day a build is of."""

    def __init__(self, returns: dict[str, AnsweredReturn], as_of: date, months: int):
        self._answers: dict[tuple[str, str | None, str, str | None], list[tuple[date, Answer]]] = defaultdict(list)
        for returned in returns.values():
            day = date.fromisoformat(returned.received_date)
            if _months_after(day, months) > as_of:
                for answer in returned.answers:
                    key = (returned.agency_id, answer.dataset, answer.rule_id, answer.column)
                    self._answers[key].append((day, answer))
        self.agencies = {agency_id for agency_id, *_ in self._answers}

    def recall(self, submission: Submission, found: PlacedFinding, subject: str) -> tuple[bool, date | None]:
        """Whether the finding is answered; else the day on which it was said to be fixed at the source, if it was.

        Fixed at the source holds for files that had come by that day: what comes after should not show it.
        """
        fixed_on: date | None = None
        # A sheet sent back needs its correction, a held one a person: of that an agency is always told.
        if found.shown.severity in ("reject", "hold"):
            return False, None
        key = (submission.agency_id, found.dataset, found.shown.code, found.name)
        for day, answer in self._answers.get(key, []):
            is_whole_column = answer.answer == "not_collectable" and found.name is not None
            if not is_whole_column and subject not in answer.subjects:
                continue
            if answer.answer != "fixed" or submission.received_date <= day.isoformat():
                return True, None
            fixed_on = max(day, fixed_on or day)
        return False, fixed_on


def _months_after(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
