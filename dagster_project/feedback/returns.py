"""Returns: for every submission the annotated workbook and the text for an e-mail, written when they say something new.

Belongs here: putting together what a return says. Stays out: words, cells, the tables behind them.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from dagster_project.contracts import Expectations, FileKind
from dagster_project.feedback.answers import read_answers
from dagster_project.feedback.findings import PlacedFinding, grouped, language_of, list_findings
from dagster_project.feedback.history import DatasetChange, FilledColumn, changes_of, filled_columns
from dagster_project.feedback.mail import mail_text
from dagster_project.feedback.memory import AnsweredReturn, Memory, journal_path, keep, load_answers
from dagster_project.feedback.remarks import write_remarks
from dagster_project.feedback.returned import Return
from dagster_project.feedback.sheets import MarkedSheet, marked_sheets
from dagster_project.feedback.subjects import subjects_of
from dagster_project.feedback.words import WORDS
from dagster_project.feedback.workbook import write_workbook
from dagster_project.intake.archive import archived_path
from dagster_project.intake.reading import UnusableFileError, open_file
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from dagster_project.whole_files import fingerprint, write_whole

LONGEST_STEM = 200


@dataclass(frozen=True)
class _Evidence:
    """What earlier steps left, by submission_id, and what agencies have answered."""

    states: dict[str, dict[str, Any]]
    row_findings: dict[str, list[dict[str, Any]]]
    changes: dict[str, list[DatasetChange]]
    filled: dict[str, list[FilledColumn]]
    answers: dict[str, AnsweredReturn]
    memory: Memory


def write_feedback(settings: Settings, expectations: Expectations, submissions: list[Submission], as_of: date) -> int:
    """Take in the answers that came back, write the returns whose content changed; return how many."""
    evidence = _gather(settings, expectations, submissions, as_of)
    index_path = settings.feedback / ".index.json"
    index = json.loads(index_path.read_text(encoding="utf-8")) if index_path.exists() else {}
    code = fingerprint(Path(__file__).parent, "*.py")
    written = {}
    first_day = expectations.initiative.retention.first_day_kept("feedback", as_of)
    for submission in submissions:
        # What is past its time is gone, and is not written again.
        if first_day and date.fromisoformat(submission.received_date) < first_day:
            continue
        returned = _return_of(settings, expectations, submission, evidence)
        path = settings.feedback / submission.agency_id / f"{_stem(submission)}.xlsx"
        kind = _kind_of(expectations, submission) if returned.shows_cells else None
        content = repr((returned, kind, _words_around(expectations, submission), code))
        digest = hashlib.sha256(content.encode()).hexdigest()
        name = path.relative_to(settings.feedback).as_posix()
        mail = path.with_suffix(".txt")
        if index.get(name) != digest or not path.exists() or not mail.exists():
            marked = list(_marked(settings, returned, kind)) if kind else []
            write_workbook(path, expectations, returned, marked)
            write_whole(mail, mail_text(expectations, returned).encode())
            written[name] = digest
    if written:
        write_whole(index_path, json.dumps({**index, **written}, indent=0, sort_keys=True).encode())
    return len(written)


def _words_around(expectations: Expectations, submission: Submission) -> tuple[object, ...]:
    """What a return says besides its findings: it is written again when that changes, too."""
    agreement = expectations.agreements.get(submission.agency_id)
    labels = [expectations.contracts[extract.dataset].label for extract in submission.extracts]
    around = (agreement.name, [file.pattern for file in agreement.files]) if agreement else None
    return expectations.initiative.contact, around, labels


def _stem(submission: Submission) -> str:
    # No disk takes names longer than 255 bytes; the agency's own may already be as long.
    stem = Path(submission.path).stem.encode()[:LONGEST_STEM].decode(errors="ignore")
    return f"{stem}_{submission.submission_id[:8]}"


def _gather(settings: Settings, expectations: Expectations, submissions: list[Submission], as_of: date) -> _Evidence:
    states = {row["submission_id"]: row for row in _rows(settings.reference / "submission_files.parquet")}
    row_findings: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(settings.quarantine / "findings.parquet"):
        row_findings[row["_submission_id"]].append(row)
    _take_answers(settings, expectations, submissions, states, row_findings)
    answers = load_answers(settings)
    current = [s for s in submissions if s.kind == "data" and states[s.submission_id]["state"] == "accepted"]
    return _Evidence(
        states,
        row_findings,
        changes_of(settings, submissions, row_findings),
        filled_columns(settings, expectations, current),
        answers,
        Memory(answers, as_of, expectations.initiative.answers_expire_after_months),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


def _take_answers(
    settings: Settings,
    expectations: Expectations,
    submissions: list[Submission],
    states: dict[str, dict[str, Any]],
    row_findings: dict[str, list[dict[str, Any]]],
) -> None:
    """Each return that came back is read once: the journal keeps what it said."""
    by_place = {(s.agency_id, s.submission_id): s for s in submissions}
    for submission in submissions:
        if submission.kind != "answers" or journal_path(settings, submission.submission_id).exists():
            continue
        answered = by_place.get((submission.agency_id, str(submission.answers_to)))
        findings: list[PlacedFinding] = []
        if answered is not None:
            state = states[answered.submission_id]["state"]
            rows = row_findings.get(answered.submission_id, [])
            findings = list(list_findings(expectations, answered, state, rows))
        said, remarks = read_answers(settings, expectations, submission, answered, findings)
        # Remarks first: an entry of the journal says that all of a return is kept.
        write_remarks(settings, submission, remarks)
        keep(settings, submission.submission_id, said)


def _return_of(settings: Settings, expectations: Expectations, submission: Submission, evidence: _Evidence) -> Return:
    sid, language = submission.submission_id, language_of(expectations, submission)
    state = evidence.states[sid]
    said = evidence.answers.get(sid) if submission.kind == "answers" else None
    told = submission
    if said is not None:
        told = replace(submission, findings=[*submission.findings, *said.file_findings(WORDS[language]["findings"])])
    every = list(list_findings(expectations, told, state["state"], evidence.row_findings.get(sid, [])))
    asked = _without_known(settings, expectations, submission, every, evidence.memory)
    return Return(
        told,
        language,
        state["state"],
        state["rows_in"],
        state["rows_accepted"],
        state["rows_quarantined"],
        grouped(asked),
        known=len(every) - len(asked),
        answers=len(said.answers) if said else 0,
        changes=evidence.changes.get(sid, []) if state["state"] != "superseded" else [],
        filled=evidence.filled.get(sid, []),
    )


def _without_known(
    settings: Settings,
    expectations: Expectations,
    submission: Submission,
    findings: list[PlacedFinding],
    memory: Memory,
) -> list[PlacedFinding]:
    """The findings that the agency has not answered; one said to be fixed that came again says so."""
    if not findings or submission.agency_id not in memory.agencies:
        return findings
    words = WORDS[language_of(expectations, submission)]
    asked = []
    for found, subject in zip(findings, subjects_of(settings, expectations, submission, findings), strict=True):
        is_known, fixed_on = memory.recall(submission, found, subject)
        if fixed_on is not None:
            note = words["came_again"].format(day=fixed_on)
            found = replace(found, proposal=" ".join(part for part in (found.proposal, note) if part))
        if not is_known:
            asked.append(found)
    return asked


def _kind_of(expectations: Expectations, submission: Submission) -> FileKind | None:
    agreement = expectations.agreements.get(submission.agency_id)
    files = agreement.files if agreement else ()
    return next((kind for kind in files if kind.pattern == submission.pattern), None)


def _marked(settings: Settings, returned: Return, kind: FileKind) -> Iterator[MarkedSheet]:
    """The agency's own sheets, from the archive; none of a file that cannot be opened."""
    try:
        open_sheet = open_file(archived_path(settings, str(returned.submission.sha256)), kind)
    except UnusableFileError:
        return
    findings = [found for group in returned.groups for found in group.members]
    yield from marked_sheets(open_sheet, kind, findings)
