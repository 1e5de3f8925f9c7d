"""Subjects: what a finding is about, told so that it is known again next month, and says nothing to anybody else.

Belongs here: keyed hashes of rows' keys. Stays out: what was answered (answers).
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Sequence

from dagster_project.contracts import Contract, Expectations
from dagster_project.feedback.findings import PlacedFinding
from dagster_project.rooms import open_room
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from dagster_project.whole_files import quoted

# The subject of a finding on a column as a whole.
WHOLE_COLUMN = ""


def subjects_of(
    settings: Settings, expectations: Expectations, submission: Submission, findings: Sequence[PlacedFinding]
) -> list[str]:
    """A subject for each finding: of a row its key, of a column nothing more, else its place in this very file."""
    secret = (settings.journal / "derivation.key").read_text().strip().encode()
    rows_wanted: dict[int, set[int]] = defaultdict(set)
    for found in findings:
        if found.extract_number is not None and found.shown.row is not None:
            rows_wanted[found.extract_number].add(found.shown.row)
    keys = {
        (number, row): key
        for number, rows in rows_wanted.items()
        for row, key in _row_keys(settings, expectations, submission, number, rows).items()
    }
    subjects = []
    for found in findings:
        row = found.shown.row
        key = keys.get((found.extract_number, row)) if found.extract_number is not None and row is not None else None
        if key is not None:
            subjects.append(keyed_subject(secret, (submission.agency_id, found.dataset, *key)))
        elif row is None and found.name is not None:
            subjects.append(WHOLE_COLUMN)
        else:
            subjects.append(keyed_subject(secret, (submission.submission_id, found.extract_number, row)))
    return subjects


def _row_keys(
    settings: Settings, expectations: Expectations, submission: Submission, number: int, rows: set[int]
) -> dict[int, tuple[str, ...]]:
    """By row number the key of its dataset; a row without a whole key is known by its place only."""
    extract = submission.extracts[number]
    if extract.path is None:
        return {}
    contract: Contract = expectations.contracts[extract.dataset]
    key = ", ".join(f'"{name}"::varchar' for name in contract.key)
    path = settings.extracts / extract.path
    with open_room(settings) as connection:
        found = connection.execute(
            f"""select _row_number, {key} from {quoted(path)}
            where _submission_id = ? and _extract_number = ? and list_contains(?, _row_number)""",
            [submission.submission_id, number, sorted(rows)],
        ).fetchall()
    return {row: tuple(parts) for row, *parts in found if all(part is not None for part in parts)}


def keyed_subject(secret: bytes, parts: tuple[object, ...]) -> str:
    return hmac.new(secret, repr(parts).encode(), hashlib.sha256).hexdigest()[:24]
