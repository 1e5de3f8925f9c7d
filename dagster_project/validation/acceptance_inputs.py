"""What acceptance starts from, as tables of its connection: submissions, extracts, nil returns, findings on rows.

Belongs here: turning plain data and verdict files into DuckDB tables. Stays out: deciding anything (acceptance).
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from dagster_project.contracts import READING_FAULTS, Expectations
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from dagster_project.validation.verdicts import FINDING_SCHEMA, rules_version, verdict_path


def register_submissions(
    connection: duckdb.DuckDBPyConnection, submissions: list[Submission], agencies: set[str]
) -> None:
    """Tables `submissions` (one row per file seen), `extracts` and `nil_returns` (per dataset)."""

    def known_agency(submission: Submission) -> str:
        """The name of a folder that nobody agreed on may be a person's: it stays in the private rooms."""
        return submission.agency_id if submission.agency_id in agencies else "unknown"

    connection.register(
        "submissions_in",
        table(
            (
                (
                    s.submission_id,
                    n,
                    known_agency(s),
                    s.received_date,
                    s.kind,
                    s.period_start,
                    s.period_end,
                )
                for n, s in enumerate(submissions)
            ),
            "submission_id varchar, receipt_order bigint, agency_id varchar, received_date varchar, kind varchar, "
            "period_start varchar, period_end varchar",
        ),
    )
    connection.execute("""create table submissions as select * replace (received_date::date as received_date,
        period_start::date as period_start, period_end::date as period_end) from submissions_in""")
    connection.register(
        "extracts_in",
        table(
            (
                (s.submission_id, n, e.dataset, e.sheet, e.path, e.rows_in, s.delivers, s.pattern)
                for s in submissions
                for n, e in enumerate(s.extracts)
                if not (e.is_nil or e.is_absent)
            ),
            "submission_id varchar, extract_number bigint, dataset varchar, sheet varchar, path varchar, "
            "rows_in bigint, delivers varchar, pattern varchar",
        ),
    )
    connection.execute("""create table extracts as select e.*, s.* exclude (submission_id, kind)
        from extracts_in as e join submissions as s using (submission_id)""")
    connection.register(
        "nil_returns",
        table(
            (
                (s.submission_id, dataset)
                for s in submissions
                for dataset in (s.datasets if s.kind == "nil" else sorted({e.dataset for e in s.extracts if e.is_nil}))
            ),
            "submission_id varchar, dataset varchar",
        ),
    )


def table(rows: Iterable[tuple[object, ...]], columns: str) -> pa.Table:
    types = {"varchar": pa.string(), "bigint": pa.int64()}
    fields = [column.split() for column in columns.split(", ")]
    values = list(zip(*rows, strict=True)) or [()] * len(fields)
    return pa.table(
        [pa.array(value, types[kind]) for value, (_, kind) in zip(values, fields, strict=True)],
        names=[name for name, _ in fields],
    )


def register_findings(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    expectations: Expectations,
    submissions: list[Submission],
) -> None:
    """Table `row_findings`, from the verdicts; a row that could not be read keeps that one reason."""
    versions = {name: rules_version(contract, expectations) for name, contract in expectations.contracts.items()}
    files = {
        str(verdict_path(settings, extract.path, versions[extract.dataset]))
        for submission in submissions
        for extract in submission.extracts
        if extract.path
    }
    if files:
        connection.read_parquet(sorted(files)).create_view("verdicts")
    else:
        connection.register("verdicts", FINDING_SCHEMA.empty_table())
    faults = repr(READING_FAULTS)
    connection.execute(f"""
        create table row_findings as
        select v.* exclude (_path)
        from verdicts as v
        -- A file may also hold what an earlier reading made of a submission.
        join extracts as e on e.path = v._path
          and e.submission_id = v._submission_id and e.extract_number = v._extract_number
        -- One reason a row or cell: a row without cells breaks every rule, an unreadable value also looks absent.
        qualify rule_id in {faults} or not (
          bool_or(rule_id in {faults}) over (partition by _submission_id, _extract_number, _row_number)
          or rule_id = 'required' and bool_or(rule_id = 'unreadable_value')
            over (partition by _submission_id, _extract_number, _row_number, "column")
        )
    """)
