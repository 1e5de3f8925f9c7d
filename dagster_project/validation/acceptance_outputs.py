"""What acceptance leaves: states and counts of submissions, what is expected, rows set aside, codes without a map.

Belongs here: tables about submissions. Stays out: deciding which rows are taken (acceptance).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from dagster_project.contracts import Agreement, Contract, Expectations, Period
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from dagster_project.validation.acceptance_inputs import table
from dagster_project.whole_files import write_rows, written_whole


def count_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `counted_extracts`: rows in = accepted + quarantined, for every extract that was read.

    Of an extract that is rejected or held, every row is set aside.
    """
    connection.execute("""
        create table counted_extracts as
        select e.*,
          case when extract_state in ('rejected', 'held') then e.rows_in else coalesce(q.set_aside, 0) end
            as rows_quarantined,
          e.rows_in - rows_quarantined as rows_accepted
        from judged_extracts as e
        left join (
          select _submission_id, _extract_number, count(distinct _row_number) as set_aside
          from row_findings where severity = 'quarantine' group by all
        ) as q on q._submission_id = e.submission_id and q._extract_number = e.extract_number
    """)


def write_states(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """One state per file seen, and one row per extract, nil return and dataset; neither holds a file's name."""
    connection.execute("""
        create table submission_extracts as
        select submission_id, agency_id, dataset, period_start, period_end, received_date, receipt_order, delivers,
          case extract_state when 'current' then 'accepted' else extract_state end as state,
          rows_in, rows_accepted, rows_quarantined
        from counted_extracts
        union all by name
        select s.submission_id, s.agency_id, n.dataset, s.period_start, s.period_end, s.received_date, s.receipt_order,
          case when exists (
            select 1 from judged_extracts as e where e.agency_id = s.agency_id and e.dataset = n.dataset
              and e.period_start = s.period_start and e.extract_state = 'current'
          ) then 'superseded' else 'nil' end as state,
          0 as rows_in, 0 as rows_accepted, 0 as rows_quarantined
        from submissions as s join nil_returns as n using (submission_id)
    """)
    connection.execute("""
        create table submission_files as
        with states as (
          select submission_id, list(distinct state) as states, sum(rows_in) as rows_in,
            sum(rows_accepted) as rows_accepted, sum(rows_quarantined) as rows_quarantined
          from submission_extracts group by all
        )
        select s.submission_id, s.agency_id, s.period_start, s.period_end, s.received_date, s.receipt_order,
          case
            when s.kind in ('duplicate', 'purged') then s.kind
            -- Answers to a return hold no rows: taken in is all that can become of them.
            when s.kind = 'answers' then 'accepted'
            when list_contains(t.states, 'held') then 'held'
            when list_contains(t.states, 'accepted') then 'accepted'
            when list_contains(t.states, 'nil') then 'nil'
            when list_contains(t.states, 'superseded') then 'superseded'
            else 'rejected' end as state,
          coalesce(t.rows_in, 0)::bigint as rows_in, coalesce(t.rows_accepted, 0)::bigint as rows_accepted,
          coalesce(t.rows_quarantined, 0)::bigint as rows_quarantined
        from submissions as s left join states as t using (submission_id)
    """)
    for name in ("submission_files", "submission_extracts"):
        write_rows(connection, f"from {name} order by receipt_order", settings.reference / f"{name}.parquet")


def write_expected(
    connection: duckdb.DuckDBPyConnection, settings: Settings, expectations: Expectations, as_of: date
) -> None:
    """One row per agency, dataset and period that has begun: what is due, by when."""
    rows = [
        (agreement.agency_id, dataset, period.start, period.end, due, agreement.delivers(dataset))
        for agreement in expectations.agreements.values()
        for period, due in due_periods(agreement, expectations.initiative.first_month, as_of)
        for dataset in agreement.datasets
    ]
    columns = list(zip(*rows, strict=True)) or [()] * 6
    kinds = [pa.string(), pa.string(), pa.date32(), pa.date32(), pa.date32(), pa.string()]
    names = ["agency_id", "dataset", "period_start", "period_end", "due_date", "delivers"]
    expected = pa.table([pa.array(c, kind) for c, kind in zip(columns, kinds, strict=True)], names=names)
    connection.register("expected_submissions", expected)
    write_rows(connection, "from expected_submissions", settings.reference / "expected_submissions.parquet")


def due_periods(agreement: Agreement, first_month: date, as_of: date) -> Iterable[tuple[Period, date]]:
    period = agreement.period_of(max(agreement.valid_from, first_month))
    last = min(agreement.valid_to or as_of, as_of)
    while period.start <= last:
        following = period.end + timedelta(days=1)
        yield period, following.replace(day=agreement.due_day)
        period = agreement.period_of(following)


def write_finding_counts(
    connection: duckdb.DuckDBPyConnection, settings: Settings, submissions: list[Submission]
) -> None:
    """How often each rule was broken, by agency, dataset and period: the data quality that the site shows."""
    connection.register(
        "file_findings",
        table(
            ((s.submission_id, f.dataset, f.rule_id) for s in submissions for f in s.findings),
            "submission_id varchar, dataset varchar, rule_id varchar",
        ),
    )
    connection.execute("""
        create table finding_counts as
        select e.agency_id, e.dataset, e.period_start, f.rule_id, f.severity, count(*) as findings_count
        from row_findings as f
        join counted_extracts as e on e.submission_id = f._submission_id and e.extract_number = f._extract_number
        where e.extract_state = 'current'
        group by all
        union all
        select s.agency_id, f.dataset, s.period_start, f.rule_id, 'reject' as severity, count(*) as findings_count
        from file_findings as f join submissions as s using (submission_id)
        join submission_files as files using (submission_id)
        where s.period_start is not null and files.state = 'rejected'
        group by all
    """)
    write_rows(connection, "from finding_counts order by all", settings.reference / "finding_counts.parquet")


def write_quarantine(
    connection: duckdb.DuckDBPyConnection, settings: Settings, contracts: dict[str, Contract], first_day: date | None
) -> None:
    """Findings on rows, and with no row number those on extracts as wholes; extracts; rows set aside.

    Of the rows, those received from `first_day` on; all where there is none.
    """
    connection.execute("""create table findings as from row_findings union all by name
        select * rename (submission_id as _submission_id, extract_number as _extract_number) from extract_findings""")
    write_rows(connection, "from findings order by all", settings.quarantine / "findings.parquet")
    write_rows(connection, "from counted_extracts order by receipt_order", settings.quarantine / "extracts.parquet")
    is_kept = f"_received_date >= '{first_day}'" if first_day else "true"
    for dataset in contracts:
        rows = f"select * exclude (_is_accepted) from rows_{dataset} where not _is_accepted and {is_kept} order by all"
        write_rows(connection, rows, settings.quarantine / f"{dataset}.parquet")


def write_unmapped(connection: duckdb.DuckDBPyConnection, settings: Settings, contracts: dict[str, Contract]) -> None:
    """The codes that wait for a map, with how often they came: for the analyst who writes it."""
    parts = [
        f"""select _agency_id as agency_id, '{name}' as dataset, unnest(_unmapped) as "column",
            unnest(_unmapped_text) as code from rows_{name}"""
        for name in contracts
    ]
    counts = f"""select agency_id, dataset, "column", code, count(*) as rows
        from ({" union all ".join(parts)}) group by all order by all"""
    # Opened in a spreadsheet, a code that begins like a formula would run.
    safe = """case when regexp_matches(code, '^[=+@\\t\\r-]') then chr(39) || code else code end as code"""
    counts = f"select * replace ({safe}) from ({counts})"
    path = settings.stewardship / "unmapped_codes.csv"
    with written_whole(path) as temporary:
        connection.sql(counts).write_csv(str(temporary))
