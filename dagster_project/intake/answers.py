"""Answered returns: a workbook of ours that an agency drops again is recognised, whatever its name, and is no data.

Belongs here: the mark by which a return is known. Stays out: what the answers say and do (feedback). The mark is a
hidden sheet: office programs keep it, and the agency's own files never hold it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from dagster_project.contracts import FileKind
from dagster_project.intake.reading import Sheet, UnusableFileError, open_file
from dagster_project.intake.reading.agreed import read_agreed
from dagster_project.intake.reading.pool import read_apart
from dagster_project.submissions import FileFinding, Submission

MARK_SHEET = "dorsale_return"
# The columns of the mark, in order; the version changes when a return can no longer be read as before.
MARK_HEADERS = ("version", "agency_id", "submission_id", "findings_sheet")
MARK_VERSION = "1"
# A workbook's list of its sheets is short; of a longer one no more is looked at.
LIST_BYTES = 200_000
RETURN_KIND = FileKind(pattern="", kind="workbook", delivers="month")


def take_as_answers(submission: Submission, path: Path) -> bool:
    """Whether the file is a return of ours; then the submission becomes one of answers, or says why it cannot."""
    if not _has_mark(path):
        return False
    try:
        mark = read_apart(read_agreed, path, RETURN_KIND, {MARK_SHEET: frozenset()}).open_sheet(MARK_SHEET)
        (row,) = mark.rows.select([f"c{n}" for n in range(len(MARK_HEADERS))]).to_pylist()
    except (UnusableFileError, KeyError, ValueError):
        submission.findings.append(FileFinding("unreadable_file"))
        return True
    version, agency_id, submission_id, _ = row.values()
    if agency_id != submission.agency_id:
        submission.findings.append(FileFinding("answers_of_another_agency"))
    elif version != MARK_VERSION or not re.fullmatch("[0-9a-f]{64}", submission_id or ""):
        submission.findings.append(FileFinding("unreadable_file"))
    else:
        submission.kind, submission.answers_to = "answers", submission_id
    return True


def findings_sheet(path: Path) -> Sheet:
    """The sheet of a return in which the agency answers, by the name that its mark gives.

    Raises `UnusableFileError`; of a mark that was tampered with any error, which `read_apart` turns into that one.
    """
    read = open_file(path, RETURN_KIND)
    name = str(read(MARK_SHEET).rows[f"c{MARK_HEADERS.index('findings_sheet')}"][0].as_py())
    return read(name)


def _has_mark(path: Path) -> bool:
    """Looks at the list of sheets only: most files are no returns, and are opened once, as data."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as listed:
            return f'name="{MARK_SHEET}"'.encode() in listed.read(LIST_BYTES)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, EOFError, zlib.error):
        return False
