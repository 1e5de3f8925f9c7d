"""Submissions: each file received is recognised by its agreement, read once, and its rows are kept.

Belongs here: from sightings to extracts. Stays out: judging rows, and which submission counts (validation).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from dagster_project.contracts import Agreement, Expectations, Extract, FileKind, Period
from dagster_project.intake.answers import take_as_answers
from dagster_project.intake.archive import NIL_NAME, Sighting, archived_path
from dagster_project.intake.mapping import headers_of, missing_columns
from dagster_project.intake.queue import MappingQueue
from dagster_project.intake.reading import Sheet, SheetReader, UnusableFileError, open_file
from dagster_project.settings import Settings
from dagster_project.submissions import FileFinding, ReadExtract, Submission
from dagster_project.whole_files import fingerprint, write_whole


def read_submissions(
    settings: Settings,
    expectations: Expectations,
    sightings: list[Sighting],
    on_file: Callable[[str], None] = lambda agency_id: None,
) -> list[Submission]:
    """Read every submission that was not read before under the same expectations; return all, in order of receipt.

    `on_file` is called with the agency_id before each file that is really read.
    """
    shared_version = _shared_version(expectations)
    first_by_bytes: dict[tuple[str, str, date | None], Sighting] = {}
    ids_taken: set[str] = set()
    submissions = []
    with MappingQueue(settings, expectations, _derivation_key(settings)) as queue:
        for sighting in sightings:
            if NIL_NAME.fullmatch(sighting.file_name) and sighting.agency_id in expectations.agreements:
                submissions.append(_nil_return(sighting, expectations.agreements[sighting.agency_id]))
                continue
            agreement = expectations.agreements.get(sighting.agency_id)
            # The same bytes under another month's name are that month's (a small agency's list may not change), and
            # under an agreed name after a wrong one they are no repetition.
            month = _recognise(agreement, sighting.file_name)[2] if agreement else None
            first = first_by_bytes.setdefault((sighting.agency_id, sighting.sha256, month), sighting)
            if first is not sighting:
                submissions.append(_duplicate(sighting, first))
                continue
            version = _version(shared_version, sighting, agreement)
            submission_id = _submission_id(sighting, ids_taken)
            record = settings.readings / f"{submission_id}.json"
            submission = _load_reading(record, version)
            if submission is None:
                on_file(sighting.agency_id if agreement else "")
                submission = _read(settings, expectations, sighting, submission_id, agreement, queue)
                queue.when_written(submission, record, version)
            submissions.append(submission)
    _forget_old_readings(settings, submissions)
    return submissions


def _forget_old_readings(settings: Settings, submissions: list[Submission]) -> None:
    """Remove rows, and the verdicts beside them, that no submission's last reading needs any more."""
    needed = {extract.path for submission in submissions for extract in submission.extracts}
    for path in settings.extracts.glob("*/*"):
        if f"{path.parent.name}/{path.name.partition('.')[0]}.parquet" not in needed:
            path.unlink()


def _submission_id(sighting: Sighting, taken: set[str]) -> str:
    """The file's SHA-256; where the very same bytes came in two places, the later one's is told apart by its place."""
    named = sighting.sha256
    if named in taken:
        named = hashlib.sha256(f"{sighting.agency_id}/{sighting.path}/{sighting.sha256}".encode()).hexdigest()
    taken.add(named)
    return named


def _nil_return(sighting: Sighting, agreement: Agreement) -> Submission:
    """A nil return speaks by its name: its bytes may be equal for all agencies and months."""
    found = NIL_NAME.fullmatch(sighting.file_name)
    assert found is not None
    period = agreement.period_of(date(int(found["year"]), int(found["month"]), 1))
    dataset = found["dataset"]
    named = f"{sighting.agency_id}/{sighting.path}/{sighting.sha256}"
    submission = Submission(
        submission_id=hashlib.sha256(named.encode()).hexdigest(),
        agency_id=sighting.agency_id,
        path=sighting.path,
        received_date=sighting.received_date.isoformat(),
        kind="nil",
        period_start=period.start.isoformat(),
        period_end=period.end.isoformat(),
        datasets=[dataset.casefold()] if dataset else list(agreement.datasets),
    )
    if not set(submission.datasets) <= set(agreement.datasets):
        submission.kind = "unusable"
        submission.findings.append(FileFinding("unexpected_file"))
    return submission


def _duplicate(sighting: Sighting, first: Sighting) -> Submission:
    return Submission(
        submission_id=hashlib.sha256(f"{sighting.agency_id}/{sighting.path}/{sighting.sha256}".encode()).hexdigest(),
        agency_id=sighting.agency_id,
        path=sighting.path,
        received_date=sighting.received_date.isoformat(),
        kind="duplicate",
        duplicate_of=first.sha256,
        findings=[FileFinding("same_file_again")],
    )


def _derivation_key(settings: Settings) -> str:
    """The installation's key for person numbers derived from names; kept in the journal, so that they stay the same."""
    path = settings.journal / "derivation.key"
    if not path.exists():
        write_whole(path, secrets.token_hex(32).encode())
        path.chmod(0o600)
    return path.read_text().strip()


def _shared_version(expectations: Expectations) -> str:
    """Changes when all files would be read otherwise: other code, contracts or codes."""
    parts = (
        fingerprint(Path(__file__).parent, "*.py"),
        sorted(expectations.contracts.items()),
        sorted(expectations.agreements),
        expectations.initiative.zones,
        expectations.initiative.instruments,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _version(shared_version: str, sighting: Sighting, agreement: Agreement | None) -> str:
    """Changes when this file would be read otherwise: its agreement, name or date too."""
    return hashlib.sha256(repr((shared_version, sighting, agreement)).encode()).hexdigest()


def _load_reading(path: Path, version: str) -> Submission | None:
    if not path.exists():
        return None
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if data.pop("version") != version:
        return None
    data["extracts"] = [ReadExtract(**extract) for extract in data["extracts"]]
    data["findings"] = [FileFinding(**finding) for finding in data["findings"]]
    return Submission(**data)


def _read(
    settings: Settings,
    expectations: Expectations,
    sighting: Sighting,
    submission_id: str,
    agreement: Agreement | None,
    queue: MappingQueue,
) -> Submission:
    submission = Submission(
        submission_id=submission_id,
        agency_id=sighting.agency_id,
        path=sighting.path,
        received_date=sighting.received_date.isoformat(),
        kind="unusable",
        sha256=sighting.sha256,
    )
    if agreement is None:
        submission.findings.append(FileFinding("unknown_agency"))
        return submission
    if take_as_answers(submission, archived_path(settings, sighting.sha256)):
        return submission
    kind, period, _ = _recognise(agreement, sighting.file_name)
    if kind is None or period is None:
        submission.findings.append(FileFinding("unexpected_file"))
        return submission
    submission.period_start, submission.period_end = period.start.isoformat(), period.end.isoformat()
    submission.delivers, submission.pattern = kind.delivers, kind.pattern
    if period.start > sighting.received_date:
        submission.findings.append(FileFinding("period_in_future"))
        return submission
    submission.datasets = sorted({extract.dataset for extract in kind.extracts})
    try:
        open_sheet = _remembering(open_file(archived_path(settings, sighting.sha256), kind))
    except UnusableFileError as error:
        submission.findings.append(FileFinding(error.rule_id, sheet=error.sheet))
        return submission
    submission.kind = "data"
    for number in range(len(kind.extracts)):
        _read_extract(expectations, agreement, kind, submission, number, open_sheet, queue)
    return submission


def _recognise(agreement: Agreement, file_name: str) -> tuple[FileKind | None, Period | None, date | None]:
    """The kind of file that a name is of, the period it speaks for, and the first day that it names."""
    for kind in agreement.files:
        first_day = kind.period_start(file_name)
        if first_day is not None:
            return kind, agreement.period_of(first_day), first_day
    return None, None, None


def _remembering(open_sheet: SheetReader) -> SheetReader:
    """Several extracts may come from one sheet: it is read once."""
    sheets: dict[str | None, Sheet] = {}

    def read(name: str | None) -> Sheet:
        if name not in sheets:
            sheets[name] = open_sheet(name)
        return sheets[name]

    return read


def _read_extract(
    expectations: Expectations,
    agreement: Agreement,
    kind: FileKind,
    submission: Submission,
    number: int,
    open_sheet: SheetReader,
    queue: MappingQueue,
) -> None:
    """Read one extract and queue it for mapping; what is wrong with its sheet becomes findings of the submission."""
    extract = kind.extracts[number]
    headers = {name: ", ".join(headers_of(source)) for name, source in extract.columns.items()}
    read = ReadExtract(extract.dataset, extract.sheet, None, 0, headers)
    submission.extracts.append(read)
    try:
        sheet = open_sheet(extract.sheet)
        joined = _open_joined(extract, open_sheet)
    except UnusableFileError as error:
        submission.findings.append(FileFinding(error.rule_id, extract.dataset, error.sheet or extract.sheet))
        return
    read.rows_in = sheet.rows.num_rows
    missing = missing_columns(sheet, joined, extract, expectations.contracts[extract.dataset])
    for column in missing:
        rule_id = "missing_column" if column.required else "missing_optional_column"
        submission.findings.append(FileFinding(rule_id, extract.dataset, extract.sheet, column.column))
    if not any(column.required for column in missing):
        queue.add(submission, number, read, extract, kind, agreement, sheet, joined)


def _open_joined(extract: Extract, open_sheet: SheetReader) -> Sheet | None:
    """The sheet to join; one without any row joins nothing, as when a standard's export holds an empty table."""
    if extract.join_sheet is None:
        return None
    try:
        return open_sheet(extract.join_sheet)
    except UnusableFileError as error:
        if error.rule_id == "empty_file":
            return None
        raise
