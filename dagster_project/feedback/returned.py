"""A return as plain data: all that the workbook and the e-mail text of one submission say.

Belongs here: the shape. Stays out: making and writing it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dagster_project.feedback.findings import Group
from dagster_project.feedback.history import DatasetChange, FilledColumn
from dagster_project.submissions import Submission


@dataclass(frozen=True)
class Return:
    """`known` counts findings that are answered and not raised again; `answers` those that this file brought."""

    submission: Submission
    language: str
    state: str
    rows_in: int
    rows_accepted: int
    rows_quarantined: int
    groups: list[Group]
    known: int = 0
    answers: int = 0
    changes: list[DatasetChange] = field(default_factory=list)
    filled: list[FilledColumn] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """The key of the words for what became of the file."""
        is_answers = self.submission.kind == "answers" and self.state == "accepted"
        return "answers" if is_answers else self.state

    @property
    def is_replaced(self) -> bool:
        """Another file stands in its place: what is wrong with this one asks nothing of anybody."""
        return self.state in ("superseded", "duplicate")

    @property
    def shows_cells(self) -> bool:
        """The agency's own sheets come back only where there is something to mark that still matters."""
        return self.may_be_answered and bool(self.groups)

    @property
    def may_be_answered(self) -> bool:
        """Of a file that was replaced or repeated, or that brought answers itself, nothing is asked."""
        return self.submission.kind == "data" and self.state in ("accepted", "held", "rejected")
