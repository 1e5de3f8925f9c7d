"""Submissions as plain data: what intake tells the later stages of a file, its extracts and its faults as a whole.

Belongs here: the shape that stages share without knowing each other. Stays out: making it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class FileFinding:
    """A finding about a file, a sheet or a column as a whole, or about a place that reading alone can see;
    findings about rows come from validation. `proposal` is a remedy in words, shown to the agency only."""

    rule_id: str
    dataset: str | None = None
    sheet: str | None = None
    column: str | None = None
    row: int | None = None
    proposal: str | None = None


@dataclass
class ReadExtract:
    """One dataset read from one sheet of a submission; `path` is the Parquet file below `extracts` that
    holds its rows, among those of other submissions. `is_nil`: the sheet says that there was nothing to report;
    `is_absent`: a template came without it."""

    dataset: str
    sheet: str | None
    path: str | None
    rows_in: int
    headers: dict[str, str] = field(default_factory=dict)
    is_nil: bool = False
    is_absent: bool = False


@dataclass
class Submission:
    """One file received, and what reading it gave.

    `kind` is data, nil, duplicate, answers (a return of ours that came back, for the submission `answers_to`), purged
    (removed on request), or unusable (with the findings that say why). `pattern` is the agreement's name pattern that
    recognised it. A nil return's `datasets` are those it speaks for. `sha256` is that of the bytes as they came.
    """

    submission_id: str
    agency_id: str
    path: str
    received_date: str
    kind: str
    period_start: str | None = None
    period_end: str | None = None
    delivers: str | None = None
    pattern: str | None = None
    datasets: list[str] = field(default_factory=list)
    extracts: list[ReadExtract] = field(default_factory=list)
    findings: list[FileFinding] = field(default_factory=list)
    duplicate_of: str | None = None
    sha256: str | None = None
    answers_to: str | None = None


def extract_paths(submissions: list[Submission]) -> dict[str, list[str]]:
    """By dataset, the files below `extracts` that hold the submissions' rows."""
    paths: dict[str, list[str]] = defaultdict(list)
    for submission in submissions:
        for extract in submission.extracts:
            if extract.path:
                paths[extract.dataset].append(extract.path)
    return paths
