"""Requests: what somebody asks to be removed becomes a tombstone, once it is sure what is meant and can be done.

Belongs here: finding the file or the person, and writing the tombstone. Stays out: removing (completing).
"""

from __future__ import annotations

import hashlib
from datetime import date

import duckdb

from dagster_project.contracts import Expectations
from dagster_project.intake.archive import all_sightings, archived_path
from dagster_project.intake.submissions import read_submissions
from dagster_project.removal.forgetting import redact_archive
from dagster_project.removal.survey import Survey
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from dagster_project.tombstones import (
    FORGET,
    PURGE,
    Tombstone,
    forgotten_persons,
    keep_tombstone,
    keyed,
    load_tombstones,
    purge_id,
    tombstone_key,
)

LEAST_LETTERS = 8
_RETURN = "A workbook of ours that came back with answers to a file that is removed: it holds cells of that file."


class RemovalError(Exception):
    """What is asked for cannot be told or done; the message says what to do, and holds no value."""


def request_purge(settings: Settings, expectations: Expectations, beginning: str, because: str, day: date) -> Tombstone:
    """Write the tombstone of a file, told by the first letters of its submission's id. Raises `RemovalError`."""
    submissions = read_submissions(settings, expectations, all_sightings(settings))
    chosen = _chosen(settings, submissions, beginning.strip().casefold())
    sha256 = str(chosen.sha256)
    path = archived_path(settings, sha256)
    if not path.exists():
        raise RemovalError("No byte of this file is archived: it could not be opened. Remove it from the drop folder.")
    if path.stat().st_size == 0:
        raise RemovalError("This file is empty: there is nothing to remove, and many a file is equal to it.")
    same = [submission for submission in submissions if submission.sha256 == sha256]
    ids = sorted(submission.submission_id for submission in same)
    returns = _returns_of(submissions, ids)
    with Survey(settings, expectations, submissions) as survey:
        pending = survey.of_submissions([*ids, *(one.submission_id for one in returns)])
        rows = survey.count_rows(ids)
    pending |= {"bytes": [sha256], "agencies": _agencies(expectations, same)}
    found = {"files": 1, "submissions": len(ids), "rows": rows, "returns": len(returns)}
    _keep_returns(settings, expectations, returns, day)
    tombstone = Tombstone(
        purge_id(sha256), PURGE, day.isoformat(), because, sha256, chosen.submission_id,
        chosen.agency_id if chosen.agency_id in expectations.agreements else "unknown",
        submissions=ids, found=found, pending=pending,
    )  # fmt: skip
    keep_tombstone(settings, tombstone)
    return tombstone


def _chosen(settings: Settings, submissions: list[Submission], beginning: str) -> Submission:
    if len(beginning) < LEAST_LETTERS:
        raise RemovalError(f"Write at least the first {LEAST_LETTERS} letters of the submission's id.")
    found = [submission for submission in submissions if submission.submission_id.startswith(beginning)]
    before = [t for t in load_tombstones(settings) if any(s.startswith(beginning) for s in t.submissions)]
    if any(tombstone.kind == PURGE for tombstone in before) or any(one.kind == "purged" for one in found):
        raise RemovalError("This submission was purged before: see data/stewardship/certificates.")
    if not found:
        raise RemovalError("No submission begins so. Its first letters end the name of its answer in data/feedback.")
    if len({submission.sha256 for submission in found}) > 1:
        raise RemovalError(f"{len(found)} submissions begin so: write more letters of the id.")
    return found[0]


def _returns_of(submissions: list[Submission], ids: list[str]) -> list[Submission]:
    """Workbooks of ours that came back with answers to these files."""
    return [one for one in submissions if one.kind == "answers" and one.answers_to in ids]


def _keep_returns(settings: Settings, expectations: Expectations, returns: list[Submission], day: date) -> None:
    """A tombstone for each; before the request's own, so that none is left out if this breaks off."""
    for one in returns:
        sha256 = str(one.sha256)
        pending = {"hashes": [], "subjects": [], "bytes": [sha256], "agencies": _agencies(expectations, [one])}
        tombstone = Tombstone(
            purge_id(sha256), PURGE, day.isoformat(), _RETURN, sha256, one.submission_id, one.agency_id,
            submissions=[one.submission_id], found={"files": 1, "submissions": 1}, pending=pending,
        )  # fmt: skip
        keep_tombstone(settings, tombstone)


def _agencies(expectations: Expectations, submissions: list[Submission]) -> list[str]:
    return sorted({one.agency_id for one in submissions} & set(expectations.agreements))


def request_forget(settings: Settings, expectations: Expectations, person: str, because: str, day: date) -> Tombstone:
    """Write the tombstone of a person, told by the shared id or as agency_id:person_id_agency.

    Raises `RemovalError`, and `UnforgettableError` where an archived file cannot be written without the person.
    """
    units = _units_of(settings, expectations, person.strip())
    key = tombstone_key(settings)
    hashes = {keyed(key, unit) for unit in units}
    submissions = read_submissions(settings, expectations, all_sightings(settings))
    with Survey(settings, expectations, submissions) as survey:
        rows = survey.rows_of(hashes)
        if not rows:
            if hashes <= forgotten_persons(settings):
                raise RemovalError("This person was forgotten before: see data/stewardship/certificates.")
            raise RemovalError("No archived file that could be read holds this person.")
        pending = survey.of_persons(units)
    ids = pending["submissions"]
    concerned = [submission for submission in submissions if submission.submission_id in ids]
    agencies = {unit.split("|", 1)[0] for unit in units}
    redact_archive(settings, expectations, submissions, hashes, day, is_trial=True)
    returns = _returns_of(submissions, ids)
    not_read = [s.submission_id for s in submissions if s.kind == "unusable" and s.agency_id in agencies]
    pending |= {
        "bytes": sorted({str(submission.sha256) for submission in concerned}),
        "agencies": _agencies(expectations, concerned),
        "not_read": sorted(not_read),
    }
    pending["hashes"] = sorted({*pending["hashes"], *hashes})
    found = {"persons": len(units), "files": len(pending["bytes"]), "rows": len(rows), "returns": len(returns)}
    _keep_returns(settings, expectations, returns, day)
    named = hashlib.sha256("|".join(sorted(hashes)).encode()).hexdigest()
    tombstone = Tombstone(
        f"{FORGET}-{named}", FORGET, day.isoformat(), because, persons=sorted(hashes), submissions=ids, found=found,
        pending=pending,
    )  # fmt: skip
    keep_tombstone(settings, tombstone)
    return tombstone


def _units_of(settings: Settings, expectations: Expectations, person: str) -> list[str]:
    agency_id, separator, number = person.partition(":")
    if separator:
        if agency_id not in expectations.agreements:
            raise RemovalError("No partner has this agency_id. Write the shared id p_..., or agency_id:number.")
        return [f"{agency_id}|{number}"]
    path = settings.identity / "person_crosswalk.parquet"
    if not path.exists():
        raise RemovalError("Shared ids are known after a build: run make build first, or write agency_id:number.")
    found = duckdb.execute(
        "select agency_id || '|' || person_id_agency from read_parquet(?) where person_id_shared = ? order by all",
        [str(path), person],
    ).fetchall()
    if not found:
        raise RemovalError("Nobody has this shared id. Look in data/identity/person_crosswalk.parquet.")
    return [unit for (unit,) in found]
