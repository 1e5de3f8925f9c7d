"""Extracting: what was read of a file becomes its extracts, queued for mapping, and its findings.

Belongs here: missing and doubled headers, sheets without rows, what reading noticed. Stays out: recognising files
(submissions), reading them (reading), and the columns' meaning (mapping).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dagster_project.contracts import Agreement, Expectations, Extract, FileKind
from dagster_project.intake.mapping import headers_of, missing_columns
from dagster_project.intake.queue import MappingQueue
from dagster_project.intake.reading import Sheet, UnusableFileError, plain
from dagster_project.intake.reading.agreed import AgreedFile
from dagster_project.intake.reading.pool import ReadingTask, read_in_pool
from dagster_project.intake.reading.workbooks import NIL_TICKED
from dagster_project.onboarding.headers import propose_headers
from dagster_project.submissions import FileFinding, ReadExtract, Submission

# Of so few columns missing nobody can tell that it is another table.
LEAST_MISSING = 3
# What the agency is asked when a column of its file seems to have a new header.
PROPOSAL = {
    "en": "It may now be the column '{header}': if so, tell us, and we change your agreement.",
    "fr": "C'est peut-être maintenant la colonne « {header} » : si oui, dites-le-nous; nous modifierons votre entente.",
}


@dataclass(frozen=True)
class FileToRead:
    """A submission that was not read before; without a task there is nothing in it to read."""

    submission: Submission
    agreement: Agreement | None
    task: ReadingTask | None
    record: Path
    version: str


def read_files(
    expectations: Expectations, files: list[FileToRead], queue: MappingQueue, on_file: Callable[[str], None]
) -> None:
    """Read the files in the pool and queue their extracts, in order."""
    results = read_in_pool([file.task for file in files if file.task is not None])
    for file in files:
        on_file(file.submission.agency_id if file.agreement else "")
        if file.task is not None and file.agreement is not None:
            _take(expectations, file.agreement, file.task.kind, file.submission, next(results), queue)
        queue.when_written(file.submission, file.record, file.version)


def needed_headers(kind: FileKind, expectations: Expectations) -> dict[str | None, frozenset[str]]:
    """By sheet, the headers without which it is not the agreed one; none where sheets are joined."""
    needed: dict[str | None, frozenset[str]] = {}
    for extract in kind.extracts:
        required = {column.name for column in expectations.contracts[extract.dataset].columns if column.required}
        headers = {
            header for name, source in extract.columns.items() if name in required for header in headers_of(source)
        }
        found = frozenset() if extract.join_sheet is not None else frozenset(headers)
        needed[extract.sheet] = needed.get(extract.sheet, frozenset()) | found
        if extract.join_sheet is not None:
            needed.setdefault(extract.join_sheet, frozenset())
    return needed


def _take(
    expectations: Expectations,
    agreement: Agreement,
    kind: FileKind,
    submission: Submission,
    result: object,
    queue: MappingQueue,
) -> None:
    if isinstance(result, UnusableFileError):
        submission.findings.append(FileFinding(result.rule_id, sheet=result.sheet, row=result.row))
        return
    assert isinstance(result, AgreedFile)
    submission.kind = "data"
    for number in range(len(kind.extracts)):
        _take_extract(expectations, agreement, kind, submission, number, result, queue)
    _note_what_was_noticed(submission, result)


def _note_what_was_noticed(submission: Submission, file: AgreedFile) -> None:
    for name, sheet in file.sheets.items():
        if isinstance(sheet, Sheet):
            for noticed in sheet.noticed:
                finding = FileFinding(noticed.rule_id, sheet=name, row=noticed.row)
                if noticed.rule_id != NIL_TICKED and finding not in submission.findings:
                    submission.findings.append(finding)


def _take_extract(
    expectations: Expectations,
    agreement: Agreement,
    kind: FileKind,
    submission: Submission,
    number: int,
    file: AgreedFile,
    queue: MappingQueue,
) -> None:
    """Queue one extract for mapping; what is wrong with its sheet becomes findings of the submission."""
    extract = kind.extracts[number]
    headers = {name: ", ".join(headers_of(source)) for name, source in extract.columns.items()}
    read = ReadExtract(extract.dataset, extract.sheet, None, 0, headers)
    submission.extracts.append(read)

    def find(rule_id: str, column: str | None = None, sheet: str | None = None, header: str | None = None) -> None:
        proposal = PROPOSAL[agreement.language].format(header=header) if header else None
        place = (extract.dataset, sheet or extract.sheet, column)
        submission.findings.append(FileFinding(rule_id, *place, proposal=proposal))

    try:
        sheet = file.open_sheet(extract.sheet)
        joined = _open_joined(extract, file)
    except UnusableFileError as error:
        # A template holds the sheets that its sender asked for.
        read.is_absent = kind.nil_tick is not None and error.rule_id == "missing_sheet"
        if not read.is_absent:
            find(error.rule_id, sheet=error.sheet)
        return
    read.rows_in = sheet.rows.num_rows
    contract = expectations.contracts[extract.dataset]
    missing = missing_columns(sheet, joined, extract, contract)
    proposed = propose_headers(sheet.headers, extract, contract) if missing else {}
    if len(missing) == sum(len(headers_of(source)) for source in extract.columns.values()) > 1 and not proposed:
        # One finding says it, rather than one for each column.
        find("no_header")
        return
    for column in missing:
        rule_id = "missing_column" if column.required else "missing_optional_column"
        find(rule_id, column.column, header=proposed.get(column.column))
    agreed = sum(1 for source in extract.columns.values() if headers_of(source))
    is_another = len({column.column for column in missing}) * 2 > agreed and len(missing) >= LEAST_MISSING
    if is_another:
        find("columns_missing")
    doubled = _doubled_columns(sheet, extract)
    for name in doubled:
        find("double_header", name)
    if is_another or doubled or any(column.required for column in missing):
        return
    if read.rows_in == 0:
        _take_no_rows(submission, kind, sheet, read, find)
        return
    queue.add(submission, number, read, extract, kind, agreement, sheet, joined)


def _take_no_rows(
    submission: Submission, kind: FileKind, sheet: Sheet, read: ReadExtract, find: Callable[[str], None]
) -> None:
    """Headers alone say that there was nothing to report, but no whole list is emptied by them."""
    is_ticked = any(noticed.rule_id == NIL_TICKED for noticed in sheet.noticed)
    if kind.nil_tick and not is_ticked:
        read.is_absent = True
        find("sheet_left_blank")
    elif submission.delivers == "everything" and not is_ticked:
        find("empty_register")
    else:
        read.is_nil = True
        if not is_ticked:
            find("no_rows")


def _doubled_columns(sheet: Sheet, extract: Extract) -> list[str]:
    """Our columns whose header stands over several columns of the sheet, so that nobody knows which is meant."""
    known = [plain(header) for header in sheet.headers]
    return [
        name
        for name, source in extract.columns.items()
        if any(known.count(plain(header)) > 1 for header in headers_of(source))
    ]


def _open_joined(extract: Extract, file: AgreedFile) -> Sheet | None:
    """The sheet to join; one without any row joins nothing, as when a standard's export holds an empty table."""
    if extract.join_sheet is None:
        return None
    try:
        return file.open_sheet(extract.join_sheet)
    except UnusableFileError as error:
        if error.rule_id == "empty_file":
            return None
        raise
