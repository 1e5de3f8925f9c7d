"""Completing: what a tombstone says is pending is removed, in an order that may break off anywhere and begin again.

Belongs here: the order of the steps. Stays out: the steps. The bytes of a purged file go last but one; the tombstone
says that all is done only after the certificate was written.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from dagster_project.contracts import Expectations
from dagster_project.intake.archive import all_sightings, receipt_path
from dagster_project.intake.submissions import read_submissions
from dagster_project.removal.certificates import Certificate, write_certificate
from dagster_project.removal.forgetting import redact_archive, remove_half_written, remove_replaced_bytes
from dagster_project.removal.journals import Veil, forget_subjects, veil_journals
from dagster_project.removal.rooms import clear_made, take_review_answers
from dagster_project.settings import Settings
from dagster_project.tombstones import (
    FORGET,
    Tombstone,
    all_redactions,
    hidden_place,
    is_purged,
    keep_tombstone,
    load_tombstones,
    tombstone_key,
)
from dagster_project.whole_files import write_whole


def complete_removals(settings: Settings, expectations: Expectations, day: date) -> list[Certificate]:
    """Remove what is pending, whoever began it; return a certificate of each removal that was completed.

    Raises `UnforgettableError` where a file that came since cannot be written without a forgotten person.
    """
    pending = [tombstone for tombstone in load_tombstones(settings) if tombstone.pending is not None]
    if not pending:
        return []
    remove_replaced_bytes(settings)
    remove_half_written(settings)
    forgotten = [tombstone for tombstone in pending if tombstone.kind == FORGET]
    if forgotten:
        persons = {hashed for tombstone in forgotten for hashed in tombstone.persons}
        submissions = read_submissions(settings, expectations, all_sightings(settings))
        redact_archive(settings, expectations, submissions, persons, day)
    take_review_answers(settings, day)
    hashes = {hashed for tombstone in pending for hashed in (tombstone.pending or {})["hashes"]}
    veil_journals(settings, Veil(tombstone_key(settings), hashes))
    forget_subjects(settings, {subject for t in pending for subject in (t.pending or {})["subjects"]})
    agencies = {agency_id for tombstone in pending for agency_id in (tombstone.pending or {})["agencies"]}
    clear_made(settings, expectations, agencies, [one for tombstone in pending for one in tombstone.submissions])
    for tombstone in pending:
        if tombstone.sha256 is not None:
            _strip_receipt(settings, tombstone.sha256)
            _remove_bytes(settings, tombstone.sha256)
    return [_finish(settings, tombstone) for tombstone in pending]


def _strip_receipt(settings: Settings, sha256: str) -> None:
    """That the file came, and when, is kept; where and under which name is not."""
    path = receipt_path(settings, sha256)
    if not path.exists():
        return
    receipt = json.loads(path.read_text(encoding="utf-8"))
    for sighting in receipt["sightings"]:
        place = hidden_place(settings, sighting["agency_id"], sighting["path"])
        sighting["agency_id"], sighting["path"] = place
    write_whole(path, json.dumps(receipt, indent=1, ensure_ascii=False).encode())


def _remove_bytes(settings: Settings, sha256: str) -> None:
    """The bytes of a purged file, of whatever edition, but where another file that stays has the same."""
    following = {redaction.sha256: redaction.kept_as for redaction in all_redactions(settings)}
    editions = [sha256]
    while editions[-1] in following:
        editions.append(following[editions[-1]])
    for edition in editions:
        others = {before for before, after in following.items() if after == edition and before not in editions}
        is_other_file = edition != sha256 and receipt_path(settings, edition).exists()
        if not is_other_file and all(is_purged(settings, other) for other in others):
            (settings.archive / edition[:2] / edition).unlink(missing_ok=True)


def _finish(settings: Settings, tombstone: Tombstone) -> Certificate:
    certificate = write_certificate(settings, tombstone)
    keep_tombstone(settings, replace(tombstone, pending=None))
    return certificate
