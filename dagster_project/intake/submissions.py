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

from dagster_project.contracts import Agreement, Expectations
from dagster_project.intake.answers import take_as_answers
from dagster_project.intake.archive import NIL_NAME, ArchiveError, Sighting, archived_path, is_whole
from dagster_project.intake.extracting import FileToRead, needed_headers, read_files
from dagster_project.intake.queue import MappingQueue
from dagster_project.intake.reading.pool import ReadingTask
from dagster_project.intake.recognition import Recognised, recognise
from dagster_project.settings import Settings
from dagster_project.submissions import FileFinding, ReadExtract, Submission
from dagster_project.tombstones import is_purged, redaction_of
from dagster_project.whole_files import fingerprint, write_whole

# What stands for the name of a file that was removed.
PURGED_NAME = "purged"


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
    last_by_slot: dict[tuple[str, str | None, bool, date | None], str] = {}
    ids_taken: set[str] = set()
    submissions: list[Submission] = []
    to_read: list[FileToRead] = []
    with MappingQueue(settings, expectations, _derivation_key(settings)) as queue:
        for sighting in sightings:
            if is_purged(settings, sighting.sha256):
                submissions.append(_purged(sighting, ids_taken))
                continue
            agreement = expectations.agreements.get(sighting.agency_id)
            if NIL_NAME.fullmatch(sighting.file_name) and agreement is not None:
                submissions.append(_nil_return(sighting, agreement))
                continue
            # The same bytes under another month's name are that month's (a small agency's list may not change), and
            # under an agreed name after a wrong one they are no repetition.
            found = recognise(agreement, sighting.file_name) if agreement else Recognised()
            month = found.first_day
            first = first_by_bytes.setdefault((sighting.agency_id, sighting.sha256, month), sighting)
            slot = (sighting.agency_id, found.kind.pattern if found.kind else None, found.is_correction, month)
            last, last_by_slot[slot] = last_by_slot.get(slot, first.sha256), sighting.sha256
            # Sent once more after another file had taken its place, it is to count again.
            if first is not sighting and last == sighting.sha256:
                submissions.append(_duplicate(sighting, first))
                continue
            version = _version(shared_version, sighting, agreement)
            submission_id = _submission_id(sighting, ids_taken)
            record = settings.readings / f"{submission_id}.json"
            submission = _load_reading(record, version)
            if submission is None:
                submission, waiting = _begin(settings, expectations, sighting, submission_id, found)
                to_read.append(FileToRead(submission, agreement, waiting, record, version))
            submissions.append(submission)
        _require_whole(settings, to_read)
        read_files(expectations, to_read, queue, on_file)
    _forget_old_readings(settings, submissions)
    return submissions


def _require_whole(settings: Settings, to_read: list[FileToRead]) -> None:
    """Figures of damaged bytes would be others than those of the bytes that were received. Raises `ArchiveError`."""
    hashes = {str(file.submission.sha256) for file in to_read if file.task is not None}
    damaged = sum(not is_whole(settings, sha256) for sha256 in hashes)
    if damaged:
        raise ArchiveError(
            f"{damaged} archived files are missing or damaged: dorsale verify names them. Bring them back from a"
            " backup, or drop them once more."
        )


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
        sha256=sighting.sha256,
    )
    if not set(submission.datasets) <= set(agreement.datasets):
        submission.kind = "unusable"
        submission.findings.append(FileFinding("unexpected_file"))
    elif period.start > sighting.received_date:
        submission.kind = "unusable"
        submission.findings.append(FileFinding("period_in_future"))
    return submission


def _duplicate(sighting: Sighting, first: Sighting) -> Submission:
    return Submission(
        submission_id=hashlib.sha256(f"{sighting.agency_id}/{sighting.path}/{sighting.sha256}".encode()).hexdigest(),
        agency_id=sighting.agency_id,
        path=sighting.path,
        received_date=sighting.received_date.isoformat(),
        kind="duplicate",
        duplicate_of=first.sha256,
        sha256=sighting.sha256,
        findings=[FileFinding("same_file_again")],
    )


def _purged(sighting: Sighting, ids_taken: set[str]) -> Submission:
    """A file that was removed on request: that it came is all that is known of it."""
    return Submission(
        submission_id=_submission_id(sighting, ids_taken),
        agency_id=sighting.agency_id,
        path=PURGED_NAME,
        received_date=sighting.received_date.isoformat(),
        kind="purged",
        findings=[FileFinding("file_purged")],
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
        fingerprint(Path(__file__).parent, "**/*.py"),
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


def _begin(
    settings: Settings,
    expectations: Expectations,
    sighting: Sighting,
    submission_id: str,
    found: Recognised,
) -> tuple[Submission, ReadingTask | None]:
    """The submission as far as the file's name and mark tell, and what is to be read of it, if anything."""
    submission = Submission(
        submission_id=submission_id,
        agency_id=sighting.agency_id,
        path=sighting.path,
        received_date=sighting.received_date.isoformat(),
        kind="unusable",
        sha256=sighting.sha256,
    )
    path = archived_path(settings, sighting.sha256)
    if sighting.is_unreadable:
        submission.findings.append(FileFinding("no_permission"))
        return submission, None
    if sighting.agency_id not in expectations.agreements:
        submission.findings.append(FileFinding("unknown_agency"))
        return submission, None
    if take_as_answers(submission, path):
        return submission, None
    if found.kind is None or found.period is None:
        submission.findings.append(FileFinding("unexpected_file"))
        return submission, None
    kind = found.kind
    submission.period_start, submission.period_end = found.period.start.isoformat(), found.period.end.isoformat()
    submission.delivers, submission.pattern = "changes" if found.is_correction else kind.delivers, kind.pattern
    if found.period.start > sighting.received_date:
        submission.findings.append(FileFinding("period_in_future"))
        return submission, None
    submission.datasets = sorted({extract.dataset for extract in kind.extracts})
    if redaction_of(settings, sighting.sha256) is not None:
        submission.findings.append(FileFinding("person_forgotten"))
    return submission, ReadingTask(path, kind, needed_headers(kind, expectations))
