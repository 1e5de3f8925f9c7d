"""History: what changed since the period before, and how far each column is filled. Counts only.

Belongs here: the SQL behind the tables of a return's first sheet. Stays out: words and the workbook.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import duckdb

from dagster_project.contracts import Contract, Expectations
from dagster_project.rooms import open_room
from dagster_project.settings import Settings
from dagster_project.submissions import Submission, extract_paths
from dagster_project.whole_files import quoted, quoted_list, write_rows


@dataclass
class DatasetChange:
    """A dataset of a file beside the last file of the period before (`rows_before` None: there is none)."""

    dataset: str
    rows: int = 0
    rows_before: int | None = None
    findings: int = 0
    findings_before: int = 0
    start_before: str | None = None
    end_before: str | None = None


@dataclass(frozen=True)
class FilledColumn:
    dataset: str
    header: str
    share: float


def changes_of(
    settings: Settings, submissions: list[Submission], row_findings: dict[str, list[dict[str, Any]]]
) -> dict[str, list[DatasetChange]]:
    """By submission_id its datasets beside the last usable file of the same kind for an earlier period."""
    findings = _findings_by_dataset(submissions, row_findings)
    found = duckdb.sql(f"""
        with extracts as (from {quoted(settings.quarantine / "extracts.parquet")}),
        lasts as (
          from extracts where extract_state <> 'rejected'
          qualify row_number() over (
            partition by agency_id, pattern, dataset, extract_number, period_start order by receipt_order desc) = 1
        )
        select e.submission_id, e.dataset, sum(e.rows_in)::bigint, sum(b.rows_in)::bigint, any_value(b.submission_id),
          any_value(b.period_start)::varchar, any_value(b.period_end)::varchar
        from extracts as e asof left join lasts as b
          on e.agency_id = b.agency_id and e.pattern = b.pattern and e.dataset = b.dataset
          and e.extract_number = b.extract_number and e.period_start > b.period_start
        where e.extract_state in ('current', 'rejected')
        group by e.submission_id, e.dataset order by e.submission_id, e.dataset
    """).fetchall()
    changes = defaultdict(list)
    for submission_id, dataset, rows, rows_before, before, start, end in found:
        then = findings[(before, dataset)]
        now = findings[(submission_id, dataset)]
        changes[submission_id].append(DatasetChange(dataset, rows, rows_before, now, then, start, end))
    return changes


def _findings_by_dataset(
    submissions: list[Submission], row_findings: dict[str, list[dict[str, Any]]]
) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for submission in submissions:
        counts.update((submission.submission_id, f.dataset) for f in submission.findings if f.dataset)
        for row in row_findings.get(submission.submission_id, ()):
            counts[(submission.submission_id, submission.extracts[row["_extract_number"]].dataset)] += 1
    return counts


def filled_columns(
    settings: Settings, expectations: Expectations, submissions: list[Submission]
) -> dict[str, list[FilledColumn]]:
    """By submission_id the share of rows in which each column, under the agency's own header, holds something."""
    filled: dict[str, list[FilledColumn]] = defaultdict(list)
    with open_room(settings) as connection:
        for dataset, paths in sorted(extract_paths(submissions).items()):
            contract = expectations.contracts[dataset]
            shares = _shares(connection, settings, contract, sorted(set(paths)))
            for submission in submissions:
                for number, extract in enumerate(submission.extracts):
                    found = shares.get((str(extract.path), submission.submission_id, number))
                    if extract.dataset != dataset or found is None:
                        continue
                    for column, share in zip(contract.columns, found, strict=True):
                        if extract.headers.get(column.name):
                            header = extract.headers[column.name]
                            filled[submission.submission_id].append(FilledColumn(dataset, header, share))
    return filled


def _shares(
    connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract, paths: list[str]
) -> dict[tuple[str, str, int], list[float]]:
    """By file, submission and extract the share of each of the contract's columns; a cell that could not be read is
    filled, too. Counted once for each file of extracts, and kept beside it."""
    names = [column.name for column in contract.columns]
    version = hashlib.sha256(repr(names).encode()).hexdigest()[:12]
    kept = {path: (settings.extracts / path).with_suffix(f".{version}.filled") for path in paths}
    cells = ", ".join(f"""avg(("{n}" is not null or list_contains(_unreadable, '{n}'))::int)""" for n in names)
    for path, target in kept.items():
        if not target.exists():
            counted = f"""select {quoted(path)} as path, _submission_id, _extract_number, [{cells}] as shares
                from read_parquet({quoted(settings.extracts / path)}) where _fault is null group by all order by all"""
            write_rows(connection, counted, target)
    rows = connection.execute(f"from read_parquet({quoted_list(kept.values())})").fetchall()
    return {(path, submission_id, number): shares for path, submission_id, number, shares in rows}
