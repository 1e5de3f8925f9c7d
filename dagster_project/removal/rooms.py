"""Rooms: what was made of files and can be made again goes as a whole, since nobody can tell all that is in it.

Belongs here: which places below `data/` a removal clears. Stays out: the archive and the journal, which cannot be made
again; what is published, which holds counts that were made safe; and Dagster's history, which holds no value.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.contracts import Expectations
from dagster_project.identity.decisions import keep_answers
from dagster_project.identity.journal import Journal
from dagster_project.identity.numbers import COLUMNS as NUMBER_COLUMNS
from dagster_project.settings import Settings
from dagster_project.tombstones import is_purged
from dagster_project.whole_files import write_whole

# Below stewardship/, what is made by builds; the steward's own answers are taken into the journal first.
_MADE_FOR_STEWARDS = ("review*.xlsx", ".review*", "unmapped_codes.csv", "ledger.csv", "linkage")


def clear_made(settings: Settings, expectations: Expectations, agencies: set[str], submissions: list[str]) -> None:
    """Remove all that may hold a row, with the returns of these agencies and remarks that came with these files."""
    _clear_vault(settings)
    for place in (settings.accepted, settings.quarantine, settings.identity, settings.state / "building"):
        _remove(place)
    for place in (
        settings.warehouse,
        settings.warehouse_of_today,
        *settings.data.glob(f"{settings.warehouse.name}.*"),
        settings.last_build,
    ):
        _remove(place)
    for pattern in _MADE_FOR_STEWARDS:
        for place in settings.stewardship.glob(pattern):
            _remove(place)
    for submission_id in submissions:
        for place in (settings.stewardship / "finding_answers").glob(f"*_{submission_id[:8]}.xlsx"):
            _remove(place)
    _clear_feedback(settings, expectations, agencies)


def _clear_vault(settings: Settings) -> None:
    """All but the index of the drop folder, which loses what is purged: it holds names of files."""
    # Records of readings first: with a record, and without its rows, a file would be taken for one that is read.
    _remove(settings.readings)
    for place in settings.vault.glob("*"):
        if place != settings.drop_folder_index:
            _remove(place)
    path = settings.drop_folder_index
    if path.exists():
        index = json.loads(path.read_text(encoding="utf-8"))
        kept = {name: entry for name, entry in index.items() if not is_purged(settings, entry["sha256"])}
        write_whole(path, json.dumps(kept, indent=0, sort_keys=True).encode())


def _clear_feedback(settings: Settings, expectations: Expectations, agencies: set[str]) -> None:
    """The returns of these agencies, and of folders that are nobody's, whose names may be persons'."""
    path = settings.feedback / ".index.json"
    index = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    cleared = {
        p.name for p in settings.feedback.glob("*") if p.name in agencies or p.name not in expectations.agreements
    }
    # First the index, so that what goes is written again.
    cleared -= {path.name}
    if path.exists():
        kept = {name: digest for name, digest in index.items() if name.split("/", 1)[0] not in cleared}
        write_whole(path, json.dumps(kept, indent=0, sort_keys=True).encode())
    for name in cleared:
        _remove(settings.feedback / name)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def take_review_answers(settings: Settings, day: date) -> None:
    """What the steward has written and no build has read yet goes into the journal."""
    with duckdb.connect() as connection:
        Journal(settings, "person_numbers", NUMBER_COLUMNS, dated=None).load(connection, "numbers")
        known = set(connection.sql("select agency_id, person_id_agency from numbers").fetchall())
        keep_answers(connection, settings, day, known)
