"""The mapping queue: extracts of one shape are mapped together, since one query over many files beats one per file.

Belongs here: batching, and writing each extract's rows to the vault. Stays out: reading files, and the mapping itself.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from dagster_project.contracts import Agreement, Expectations, Extract, FileKind
from dagster_project.intake.mapping import map_sheet
from dagster_project.intake.reading import Sheet, UnusableFileError
from dagster_project.rooms import open_room
from dagster_project.settings import Settings
from dagster_project.submissions import FileFinding, ReadExtract, Submission
from dagster_project.whole_files import write_whole, written_whole

# Rows that wait in memory before they are mapped and written.
ROWS_AT_ONCE = 500_000


class MappingError(Exception):
    """The SQL of an agreement failed: a fault of ours, told without any value of a row."""


@dataclass
class _Waiting:
    submission: Submission
    number: int
    read: ReadExtract
    extract: Extract
    kind: FileKind
    agreement: Agreement
    sheet: Sheet
    joined: Sheet | None

    @property
    def shape(self) -> tuple[object, ...]:
        """Extracts of equal shape go through the same SQL."""
        joined = tuple(self.joined.headers) if self.joined else None
        return (self.submission.agency_id, self.kind.pattern, self.number, tuple(self.sheet.headers), joined)


class MappingQueue:
    """Use it as a context: leaving it maps and writes what still waits."""

    def __init__(self, settings: Settings, expectations: Expectations, derivation_key: str):
        self._settings = settings
        self._expectations = expectations
        self._derivation_key = derivation_key
        self._waiting: dict[tuple[object, ...], list[_Waiting]] = defaultdict(list)
        self._records: list[tuple[Submission, Path, str]] = []
        self._rows = 0

    def __enter__(self) -> MappingQueue:
        self._connection = open_room(self._settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._flush()
        self._connection.close()

    def add(
        self,
        submission: Submission,
        number: int,
        read: ReadExtract,
        extract: Extract,
        kind: FileKind,
        agreement: Agreement,
        sheet: Sheet,
        joined: Sheet | None,
    ) -> None:
        """Queue one extract. Its `read` gets its path and its number of rows once they are written."""
        waiting = _Waiting(submission, number, read, extract, kind, agreement, sheet, joined)
        self._waiting[waiting.shape].append(waiting)
        self._rows += sheet.rows.num_rows

    def when_written(self, submission: Submission, record: Path, version: str) -> None:
        """Write the record of a reading as soon as all its extracts are."""
        self._records.append((submission, record, version))
        if self._rows > ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        for waiting in self._waiting.values():
            self._map(waiting)
        for submission, record, version in self._records:
            write_whole(record, json.dumps({"version": version, **asdict(submission)}).encode())
        self._waiting.clear()
        self._records.clear()
        self._rows = 0

    def _map(self, waiting: list[_Waiting]) -> None:
        first = waiting[0]
        sheet = Sheet(first.sheet.headers, pa.concat_tables([_placed(w, w.sheet) for w in waiting]))
        joined = None
        if first.joined is not None:
            placed = [_placed(w, w.joined) for w in waiting if w.joined is not None]
            joined = Sheet(first.joined.headers, pa.concat_tables(placed))
        try:
            rows = map_sheet(
                self._connection,
                sheet,
                joined,
                first.extract,
                first.kind,
                first.agreement,
                self._expectations,
                self._derivation_key,
            )
        except UnusableFileError as error:
            for one in waiting:
                one.submission.findings.append(FileFinding(error.rule_id, one.extract.dataset, error.sheet))
            return
        except duckdb.Error as error:
            # DuckDB's messages repeat values: only the kind of error and the place leave.
            place = f"{first.submission.agency_id}.{first.extract.dataset}"
            raise MappingError(f"{place}: {type(error).__name__}") from None
        self._write(waiting, rows)

    def _write(self, waiting: list[_Waiting], rows: pa.Table) -> None:
        """One file for all: its name changes with every reading, so that no old verdict is taken for a new one."""
        first = waiting[0]
        versions = {submission.submission_id: version for submission, _, version in self._records}
        members = sorted((w.submission.submission_id, versions[w.submission.submission_id]) for w in waiting)
        named = repr((first.number, members))
        relative = f"{first.extract.dataset}/{hashlib.sha256(named.encode()).hexdigest()[:24]}.parquet"
        path = self._settings.extracts / relative
        with written_whole(path) as temporary:
            parquet.write_table(rows, temporary, compression="zstd")
        counts = {c["values"]: c["counts"] for c in pc.value_counts(rows["_submission_id"]).to_pylist()}
        for one in waiting:
            one.read.path, one.read.rows_in = relative, counts.get(one.submission.submission_id, 0)


def _placed(waiting: _Waiting, sheet: Sheet) -> pa.Table:
    """The sheet's rows with the columns that say where they come from (`PLACE_COLUMNS`)."""
    submission = waiting.submission
    places: dict[str, pa.Scalar] = {
        "_submission_id": pa.scalar(submission.submission_id),
        "_agency_id": pa.scalar(submission.agency_id),
        "_extract_number": pa.scalar(waiting.number, pa.int64()),
        "_period_start": pa.scalar(date.fromisoformat(str(submission.period_start))),
        "_period_end": pa.scalar(date.fromisoformat(str(submission.period_end))),
        "_received_date": pa.scalar(date.fromisoformat(submission.received_date)),
    }
    rows = sheet.rows
    for name, value in places.items():
        rows = rows.append_column(name, pa.repeat(value, rows.num_rows))
    return rows
