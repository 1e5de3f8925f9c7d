"""Findings in words: each with its place, its rule, what to do, in the agency's language; then grouped by rule.

Belongs here: from the findings of intake and validation to what an agency reads. Stays out: where it is written. A
finding holds no value of a row: the agency looks the value up in its own file.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dagster_project.contracts import Expectations
from dagster_project.feedback.words import WORDS
from dagster_project.submissions import FileFinding, ReadExtract, Submission

SEVERITY_ORDER = ("reject", "hold", "quarantine", "warn")


@dataclass(frozen=True)
class Finding:
    """What is said of one place (file-wide where it is empty). `code` is the rule's id."""

    code: str
    sheet: str
    row: int | None
    column: str
    severity: str
    message: str
    remedy: str


@dataclass(frozen=True)
class PlacedFinding:
    """A finding with what tells it apart: our dataset and column, and the extract in which it stands.

    `proposal` is a remedy that reading worked out for this very place.
    """

    shown: Finding
    dataset: str | None = None
    name: str | None = None
    extract_number: int | None = None
    proposal: str | None = None

    @property
    def group_key(self) -> tuple[str, str, str, str, str]:
        shown = self.shown
        return (self.dataset or "", shown.code, self.name or "", shown.sheet, "" if self.name else shown.column)


@dataclass(frozen=True)
class Group:
    """All findings of one rule in one dataset and column."""

    members: tuple[PlacedFinding, ...]

    @property
    def first(self) -> PlacedFinding:
        return self.members[0]

    @property
    def code(self) -> str:
        """Tells the group apart in a return that comes back; it says nothing of a row."""
        return hashlib.sha256(repr(self.first.group_key).encode()).hexdigest()[:12]

    @property
    def rows(self) -> list[int]:
        return sorted({member.shown.row for member in self.members if member.shown.row is not None})


def language_of(expectations: Expectations, submission: Submission) -> str:
    agreement = expectations.agreements.get(submission.agency_id)
    return agreement.language if agreement else "en"


def grouped(findings: Iterable[PlacedFinding]) -> list[Group]:
    """The gravest first, then the most frequent."""
    groups: dict[tuple[str, ...], list[PlacedFinding]] = defaultdict(list)
    for found in findings:
        groups[found.group_key].append(found)
    return sorted(
        (Group(tuple(members)) for members in groups.values()),
        key=lambda group: (
            SEVERITY_ORDER.index(group.first.shown.severity),
            -len(group.members),
            group.first.group_key,
        ),
    )


def list_findings(
    expectations: Expectations, submission: Submission, state: str, row_findings: list[dict[str, Any]]
) -> Iterator[PlacedFinding]:
    """File findings first, then row findings by sheet and row."""
    language = language_of(expectations, submission)
    for found in submission.findings:
        yield _of_file(expectations, language, submission, found)
    if state == "superseded":
        yield PlacedFinding(_own_words(expectations, "period_resent", None, language, "", None, ""))
    # What is said of an extract as a whole has no row.
    for row in sorted(row_findings, key=lambda r: (r["_extract_number"], r["_row_number"] or 0, r["rule_id"])):
        yield _of_row(expectations, language, submission, row)


def _of_file(expectations: Expectations, language: str, submission: Submission, found: FileFinding) -> PlacedFinding:
    number, extract = next(
        ((n, e) for n, e in enumerate(submission.extracts) if e.dataset == found.dataset), (None, None)
    )
    column = _column_words(expectations, language, found.dataset, found.column, extract)
    # A header that no contract knows is the file's own text: it is shown, and nothing is remembered by it.
    name = found.column if found.dataset and _is_ours(expectations, found.dataset, found.column) else None
    shown = _own_words(expectations, found.rule_id, None, language, found.sheet or "", found.row, column)
    return PlacedFinding(shown, found.dataset, name, number, found.proposal)


def _of_row(expectations: Expectations, language: str, submission: Submission, row: dict[str, Any]) -> PlacedFinding:
    number: int = row["_extract_number"]
    extract = submission.extracts[number]
    column = _column_words(expectations, language, extract.dataset, row["column"], extract)
    sheet, rule_id = extract.sheet or "", row["rule_id"]
    if rule_id in expectations.finding_words:
        counts = {name: row.get(name) for name in ("count", "usual")}
        shown = _own_words(
            expectations, rule_id, row["severity"], language, sheet, row["_row_number"], column, **counts
        )
    else:
        rule = next(rule for rule in expectations.contracts[extract.dataset].rules if rule.rule_id == rule_id)
        remedy = WORDS[language]["check" if rule.severity == "warn" else "correct"]
        message = rule.message[language]
        shown = Finding(rule_id, sheet, row["_row_number"], column, row["severity"], message, remedy)
    return PlacedFinding(shown, extract.dataset, row["column"], number)


def _own_words(
    expectations: Expectations,
    rule_id: str,
    severity: str | None,
    language: str,
    sheet: str,
    row: int | None,
    column: str,
    **counts: int | None,
) -> Finding:
    words = expectations.finding_words[rule_id]
    places = {"sheet": sheet or WORDS[language]["data"], "column": column, **counts}
    message, remedy = (text[language].format(**places) for text in (words.message, words.remedy))
    return Finding(rule_id, sheet, row, column, severity or words.severity, message, remedy)


def _is_ours(expectations: Expectations, dataset: str, column: str | None) -> bool:
    return any(known.name == column for known in expectations.contracts[dataset].columns)


def _column_words(
    expectations: Expectations, language: str, dataset: str | None, column: str | None, extract: ReadExtract | None
) -> str:
    """The agency's own header; our label where the agency has none."""
    if column is None or dataset is None or not _is_ours(expectations, dataset, column):
        return column or ""
    header = extract.headers.get(column) if extract else None
    return header or expectations.contracts[dataset].column(column).label[language]
