"""Forgetting: every archived file that holds rows of forgotten persons is kept without them.

Belongs here: which rows of which file go, and putting the edition without them in the file's place. Stays out: making
that edition (redacting), and what was made of the files (rooms).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from hashlib import sha256 as hash_of
from pathlib import Path

from dagster_project.contracts import Expectations, FileKind
from dagster_project.intake.archive import archived_path
from dagster_project.intake.extracting import needed_headers
from dagster_project.intake.reading import Sheet, UnusableFileError
from dagster_project.intake.reading.agreed import AgreedFile, read_agreed
from dagster_project.intake.recognition import recognise
from dagster_project.removal.redacting import CannotRedactError, Needed, RowsOut, without_rows
from dagster_project.removal.survey import PersonRow, Survey
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from dagster_project.tombstones import (
    Redaction,
    all_redactions,
    forgotten_persons,
    keep_redaction,
    keyed,
    latest_edition,
    tombstone_key,
)
from dagster_project.whole_files import write_whole


class UnforgettableError(Exception):
    """Files that cannot be written without a person's rows; the message names the submissions and the remedy."""

    def __init__(self, submission_ids: list[str]):
        listed = ", ".join(submission_id[:8] for submission_id in submission_ids)
        super().__init__(
            f"{len(submission_ids)} archived files hold rows of a person to be forgotten and cannot be written again"
            f" without changing other rows: {listed}. Nothing of them was changed. Remove each as a whole with"
            ' dorsale purge SUBMISSION --because "...", ask the agency for a file without the person, and run this'
            " again."
        )


def redact_archive(
    settings: Settings,
    expectations: Expectations,
    submissions: list[Submission],
    persons: set[str],
    day: date,
    is_trial: bool = False,
) -> list[str]:
    """Take the rows of these persons (keyed hashes) out of the archive; return the ids of the submissions changed.

    A trial only finds out whether it can be done. Raises `UnforgettableError` before the first file is changed.
    """
    with Survey(settings, expectations, submissions) as survey:
        rows = survey.rows_of(persons)
    by_submission: dict[str, list[PersonRow]] = defaultdict(list)
    for row in rows:
        by_submission[row.submission_id].append(row)
    made: dict[str, bytes] = {}
    rows_gone = Counter[str]()
    impossible = []
    for submission in submissions:
        own = by_submission.get(submission.submission_id)
        if own:
            edition = latest_edition(settings, str(submission.sha256))
            content = made.get(edition) or archived_path(settings, edition).read_bytes()
            try:
                made[edition] = _redacted(settings, expectations, submission, own, content, persons)
                rows_gone[edition] += len(own)
            except CannotRedactError:
                impossible.append(submission.submission_id)
    if impossible:
        raise UnforgettableError(impossible)
    if not is_trial:
        for edition, content in made.items():
            _replace(settings, edition, content, rows_gone[edition], day)
    return sorted(by_submission)


def _redacted(
    settings: Settings,
    expectations: Expectations,
    submission: Submission,
    rows: list[PersonRow],
    content: bytes,
    persons: set[str],
) -> bytes:
    agreement = expectations.agreements[submission.agency_id]
    kind = recognise(agreement, Path(submission.path).name).kind
    assert kind is not None
    needed = needed_headers(kind, expectations)
    settings.vault.mkdir(parents=True, exist_ok=True)
    key = tombstone_key(settings)

    def is_theirs(cell: str | None) -> bool:
        return cell is not None and keyed(key, f"{submission.agency_id}|{cell}") in persons

    rows_out = _rows_out(settings, kind, needed, rows, content, is_theirs)
    return without_rows(content, kind, needed, rows_out, settings.vault)


def _rows_out(
    settings: Settings,
    kind: FileKind,
    needed: Needed,
    rows: list[PersonRow],
    content: bytes,
    is_theirs: Callable[[str | None], bool],
) -> RowsOut:
    """The rows that became rows of the person, those under the same headers that became none, and what is joined."""
    out: RowsOut = {name: set() for name in needed}
    for row in rows:
        out[kind.extracts[row.extract_number].sheet].add(row.row_number)
    path = settings.vault / "forgetting"
    write_whole(path, content)
    try:
        file = read_agreed(path, kind, needed)
    except UnusableFileError:
        raise CannotRedactError from None
    finally:
        path.unlink()
    sources = [extract.columns.get("person_id_agency") for extract in kind.extracts]
    # A number that is made of other columns stands in no cell.
    headers = {source for source in sources if isinstance(source, str)}
    for name, sheet in file.sheets.items():
        if isinstance(sheet, Sheet):
            for header in headers:
                out[name] |= _rows_where(sheet, header, is_theirs)
            out[name] |= {row.number for row in sheet.faulty if any(map(is_theirs, row.cells))}
    _add_joined(kind, file, out)
    return out


def _add_joined(kind: FileKind, file: AgreedFile, out: RowsOut) -> None:
    """Rows of a joined sheet that are of nobody but those who go."""
    for extract in kind.extracts:
        if extract.join_sheet is None or extract.join_key is None:
            continue
        main, joined = file.sheets[extract.sheet], file.sheets[extract.join_sheet]
        if isinstance(main, Sheet) and isinstance(joined, Sheet):
            column = main.column_of(extract.join_key)
            keys: dict[bool, set[str | None]] = {True: set(), False: set()}
            for cells in main.rows.select([str(column), "_row_number"]).to_pylist() if column else []:
                keys[cells["_row_number"] in out[extract.sheet]].add(cells[str(column)])
            alone = keys[True] - keys[False] - {None}
            out[extract.join_sheet] |= _rows_where(joined, extract.join_key, alone.__contains__)


def _rows_where(sheet: Sheet, header: str, holds: Callable[[str | None], bool]) -> set[int]:
    column = sheet.column_of(header)
    if column is None:
        return set()
    return {row["_row_number"] for row in sheet.rows.select([column, "_row_number"]).to_pylist() if holds(row[column])}


def _replace(settings: Settings, edition: str, content: bytes, rows: int, day: date) -> None:
    """The new bytes first, then the record that they count, then the old bytes go."""
    kept_as = hash_of(content).hexdigest()
    if kept_as == edition:
        return
    write_whole(settings.archive / kept_as[:2] / kept_as, content)
    keep_redaction(settings, Redaction(edition, kept_as, day.isoformat(), rows))
    remove_replaced_bytes(settings)


def remove_replaced_bytes(settings: Settings) -> None:
    """Bytes in whose place others are kept since; where a build or a command broke off, they still lie there."""
    for redaction in all_redactions(settings):
        (settings.archive / redaction.sha256[:2] / redaction.sha256).unlink(missing_ok=True)


def remove_half_written(settings: Settings) -> None:
    """What a build or a command that was killed had begun to write: whole files never begin with a dot."""
    for room in (settings.archive, settings.journal, settings.reference):
        for path in room.rglob(".*"):
            path.unlink(missing_ok=True)


def honour_forgotten(settings: Settings, expectations: Expectations, submissions: list[Submission], day: date) -> bool:
    """Take forgotten persons out of files that came since; whether any file is to be read again.

    Nothing of them goes on to a later step. Raises `UnforgettableError`.
    """
    persons = forgotten_persons(settings)
    if not persons:
        return False
    remove_replaced_bytes(settings)
    remove_half_written(settings)
    changed = set(redact_archive(settings, expectations, submissions, persons, day))
    # Rows of many files lie in one: all of these files are read again.
    paths = {e.path for s in submissions if s.submission_id in changed for e in s.extracts if e.path}
    for submission in submissions:
        if paths & {extract.path for extract in submission.extracts}:
            (settings.readings / f"{submission.submission_id}.json").unlink(missing_ok=True)
    for path in paths:
        (settings.extracts / path).unlink(missing_ok=True)
    return bool(changed)
