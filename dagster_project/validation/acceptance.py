"""Acceptance: which extracts count, which rows are taken, and the one state of every submission.

Belongs here: rules that look across submissions (superseding, unknown persons) and the tables that follow, all in SQL.
Stays out: rules on single rows (suites) and words (feedback).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_project.contracts import Agreement, Contract, Expectations, Period
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from dagster_project.validation.verdicts import FINDING_SCHEMA, rules_version, verdict_path


@dataclass(frozen=True)
class Tally:
    """What acceptance did, in counts."""

    files_seen: int
    rows_in: int
    rows_accepted: int
    rows_quarantined: int


def accept_rows(
    settings: Settings,
    expectations: Expectations,
    submissions: list[Submission],
    as_of: date,
    known_persons: Path | None = None,
) -> Tally:
    """Write accepted rows, the vault's persons, quarantined rows, findings and states; return the counts.

    `known_persons` is a table of persons accepted before, for judging one file alone.

    Tables written: `accepted/<dataset>.parquet` (no personal column), `vault/persons.parquet`,
    `quarantine/<dataset>.parquet`, `quarantine/findings.parquet`, `quarantine/extracts.parquet`,
    `stewardship/unmapped_codes.csv`, and in `reference/`: `submission_files`, `submission_extracts`,
    `expected_submissions`.
    """
    for folder in (settings.accepted, settings.quarantine, settings.reference, settings.stewardship):
        folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        _register_submissions(connection, submissions)
        _register_findings(connection, settings, expectations, submissions)
        _choose_current(connection)
        _register_known_persons(connection, known_persons)
        for contract in _persons_first(expectations.contracts):
            _take_rows(connection, settings, contract)
        _count_rows(connection)
        _write_states(connection, settings)
        _write_expected(connection, settings, expectations, as_of)
        _write_finding_counts(connection, settings, submissions)
        _write_quarantine(connection, settings, expectations.contracts)
        _write_unmapped(connection, settings, expectations.contracts)
        row = connection.sql("""
            select (select count(*) from submissions), coalesce(sum(rows_in), 0), coalesce(sum(rows_accepted), 0),
                   coalesce(sum(rows_quarantined), 0)
            from counted_extracts
        """).fetchone()
    assert row is not None
    return Tally(*(int(count) for count in row))


def _persons_first(contracts: dict[str, Contract]) -> list[Contract]:
    return sorted(contracts.values(), key=lambda contract: (contract.names_person, contract.dataset))


def _register_submissions(connection: duckdb.DuckDBPyConnection, submissions: list[Submission]) -> None:
    """Tables `submissions` (one row per file seen), `extracts` and `nil_returns` (per dataset)."""
    connection.register(
        "submissions_in",
        _table(
            (
                (s.submission_id, n, s.agency_id, s.received_date, s.kind, s.period_start, s.period_end)
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
        _table(
            (
                (s.submission_id, n, e.dataset, e.sheet, e.path, e.rows_in, s.delivers, s.pattern)
                for s in submissions
                for n, e in enumerate(s.extracts)
            ),
            "submission_id varchar, extract_number bigint, dataset varchar, sheet varchar, path varchar, "
            "rows_in bigint, delivers varchar, pattern varchar",
        ),
    )
    connection.execute("""create table extracts as select e.*, s.* exclude (submission_id, kind)
        from extracts_in as e join submissions as s using (submission_id)""")
    connection.register(
        "nil_returns",
        _table(
            ((s.submission_id, dataset) for s in submissions if s.kind == "nil" for dataset in s.datasets),
            "submission_id varchar, dataset varchar",
        ),
    )


def _table(rows: Iterable[tuple[object, ...]], columns: str) -> pa.Table:
    types = {"varchar": pa.string(), "bigint": pa.int64()}
    fields = [column.split() for column in columns.split(", ")]
    values = list(zip(*rows, strict=True)) or [()] * len(fields)
    return pa.table(
        [pa.array(value, types[kind]) for value, (_, kind) in zip(values, fields, strict=True)],
        names=[name for name, _ in fields],
    )


def _register_findings(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    expectations: Expectations,
    submissions: list[Submission],
) -> None:
    """Table `row_findings`, from the verdicts; a ragged row keeps that one reason."""
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
    connection.execute("""
        create table row_findings as
        select v.* exclude (_path)
        from verdicts as v
        -- A file may also hold what an earlier reading made of a submission.
        join extracts as e on e.path = v._path
          and e.submission_id = v._submission_id and e.extract_number = v._extract_number
        -- One reason a row or cell: a ragged row breaks every rule, an unreadable value also looks absent.
        qualify rule_id = 'ragged_row' or not (
          bool_or(rule_id = 'ragged_row') over (partition by _submission_id, _extract_number, _row_number)
          or rule_id = 'required' and bool_or(rule_id = 'unreadable_value')
            over (partition by _submission_id, _extract_number, _row_number, "column")
        )
    """)


def _choose_current(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `judged_extracts`: each extract is rejected, superseded or current.

    Of a month's extract the last one received counts; of an extract that holds everything, the one of the latest
    period; of changes, all count. A rejected extract replaces nothing.
    """
    connection.execute("""
        create table judged_extracts as
        with rejected as (
          select e.*, e.path is null or exists (
            select 1 from row_findings as f
            where f._submission_id = e.submission_id and f._extract_number = e.extract_number and f.severity = 'reject'
          ) as is_rejected
          from extracts as e
        )
        select *, case
          when is_rejected then 'rejected'
          when delivers = 'changes' then 'current'
          when row_number() over (
            partition by agency_id, dataset, pattern, extract_number, is_rejected,
              case when delivers = 'month' then period_start end
            order by period_end desc, received_date desc, receipt_order desc
          ) = 1 then 'current'
          else 'superseded' end as extract_state
        from rejected
    """)


def _register_known_persons(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Table `known_persons`: persons that count as known besides those of the submissions at hand."""
    connection.execute("create table known_persons (_agency_id varchar, person_id_agency varchar)")
    if path is not None:
        connection.execute(f"insert into known_persons select _agency_id, person_id_agency from '{path}'")


def _take_rows(connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract) -> None:
    """Table `rows_<dataset>`: every row of current extracts with `_is_accepted`; then the files made of it."""
    paths = connection.execute(
        "select distinct path from judged_extracts where dataset = ? and extract_state = 'current' order by path",
        [contract.dataset],
    ).fetchall()
    name = f"rows_{contract.dataset}"
    if paths:
        source = f"read_parquet({[str(settings.extracts / path) for (path,) in paths]!r}, filename = true)"
    else:
        source = f"({_no_rows(contract)})"
    connection.execute(f"""
        create table {name} as
        select r.* exclude (filename), e.receipt_order as _receipt_order, not exists (
          select 1 from row_findings as f where f.severity = 'quarantine' and f._submission_id = r._submission_id
            and f._extract_number = r._extract_number and f._row_number = r._row_number
        ) as _is_accepted
        from {source} as r
        join judged_extracts as e on e.submission_id = r._submission_id and e.extract_number = r._extract_number
          and e.extract_state = 'current' and r.filename = '{settings.extracts}/' || e.path
    """)
    if contract.names_person:
        _set_orphans_aside(connection, name)
    shared = [column.name for column in contract.columns if not column.is_personal]
    places = ["_submission_id", "_agency_id", "_period_start", "_period_end", "_received_date", "_receipt_order"]
    kept = ", ".join(f'"{column}"' for column in [*shared, *places, "_row_number"])
    _write(
        connection, f"select {kept} from {name} where _is_accepted", settings.accepted / f"{contract.dataset}.parquet"
    )
    if contract.dataset == "persons":
        private = ", ".join(f'"{c.name}"' for c in contract.columns)
        kept = f"{private}, {', '.join(places)}, _row_number"
        _write(connection, f"select {kept} from {name} where _is_accepted", settings.vault_persons)


def _no_rows(contract: Contract) -> str:
    types = {"string": "varchar", "date": "date", "number": "double"}
    columns = [f"""null::{types[c.logical_type]} as "{c.name}" """ for c in contract.columns]
    return f"""select null::varchar as _submission_id, null::varchar as _agency_id, null::integer as _extract_number,
        null::date as _period_start, null::date as _period_end, null::date as _received_date, {", ".join(columns)},
        null::bigint as _row_number, false as _ragged, []::varchar[] as _unreadable, []::varchar[] as _unmapped,
        []::varchar[] as _unmapped_text, '' as _key_state, '' as filename where false"""


def _set_orphans_aside(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """A row of a person whom no accepted row of the same agency knows waits in quarantine until one does."""
    connection.execute(f"""
        create temp table orphans as
        select _submission_id, _extract_number, _row_number, 'person_id_agency' as "column",
          'person_unknown' as rule_id, 'quarantine' as severity
        from {name} as r
        where _is_accepted and not exists (
          select 1 from rows_persons as p
          where p._is_accepted and p._agency_id = r._agency_id and p.person_id_agency = r.person_id_agency
        ) and not exists (
          select 1 from known_persons as k
          where k._agency_id = r._agency_id and k.person_id_agency = r.person_id_agency
        );
        insert into row_findings by name select * from orphans;
        update {name} as r set _is_accepted = false from orphans as o
        where o._submission_id = r._submission_id and o._extract_number = r._extract_number
          and o._row_number = r._row_number;
        drop table orphans;
    """)


def _count_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `counted_extracts`: rows in = accepted + quarantined, for every extract that was read."""
    connection.execute("""
        create table counted_extracts as
        select e.*,
          case when extract_state = 'rejected' then e.rows_in else coalesce(q.set_aside, 0) end as rows_quarantined,
          e.rows_in - case when extract_state = 'rejected' then e.rows_in else coalesce(q.set_aside, 0) end
            as rows_accepted
        from judged_extracts as e
        left join (
          select _submission_id, _extract_number, count(distinct _row_number) as set_aside
          from row_findings where severity = 'quarantine' group by all
        ) as q on q._submission_id = e.submission_id and q._extract_number = e.extract_number
    """)


def _write_states(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
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
            when s.kind = 'duplicate' then 'duplicate'
            when list_contains(t.states, 'accepted') then 'accepted'
            when list_contains(t.states, 'nil') then 'nil'
            when list_contains(t.states, 'superseded') then 'superseded'
            else 'rejected' end as state,
          coalesce(t.rows_in, 0)::bigint as rows_in, coalesce(t.rows_accepted, 0)::bigint as rows_accepted,
          coalesce(t.rows_quarantined, 0)::bigint as rows_quarantined
        from submissions as s left join states as t using (submission_id)
    """)
    for name in ("submission_files", "submission_extracts"):
        _write(connection, f"from {name} order by receipt_order", settings.reference / f"{name}.parquet")


def _write_expected(
    connection: duckdb.DuckDBPyConnection, settings: Settings, expectations: Expectations, as_of: date
) -> None:
    """One row per agency, dataset and period that has begun: what is due, by when."""
    rows = [
        (agreement.agency_id, dataset, period.start, period.end, due, agreement.delivers(dataset))
        for agreement in expectations.agreements.values()
        for period, due in _due_periods(agreement, expectations.initiative.first_month, as_of)
        for dataset in agreement.datasets
    ]
    columns = list(zip(*rows, strict=True)) or [()] * 6
    kinds = [pa.string(), pa.string(), pa.date32(), pa.date32(), pa.date32(), pa.string()]
    names = ["agency_id", "dataset", "period_start", "period_end", "due_date", "delivers"]
    expected = pa.table([pa.array(c, kind) for c, kind in zip(columns, kinds, strict=True)], names=names)
    connection.register("expected_submissions", expected)
    _write(connection, "from expected_submissions", settings.reference / "expected_submissions.parquet")


def _due_periods(agreement: Agreement, first_month: date, as_of: date) -> Iterable[tuple[Period, date]]:
    period = agreement.period_of(max(agreement.valid_from, first_month))
    last = min(agreement.valid_to or as_of, as_of)
    while period.start <= last:
        following = period.end + timedelta(days=1)
        yield period, following.replace(day=agreement.due_day)
        period = agreement.period_of(following)


def _write_finding_counts(
    connection: duckdb.DuckDBPyConnection, settings: Settings, submissions: list[Submission]
) -> None:
    """How often each rule was broken, by agency, dataset and period: the data quality that the site shows."""
    connection.register(
        "file_findings",
        _table(
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
    _write(connection, "from finding_counts order by all", settings.reference / "finding_counts.parquet")


def _write_quarantine(
    connection: duckdb.DuckDBPyConnection, settings: Settings, contracts: dict[str, Contract]
) -> None:
    _write(connection, "from row_findings order by all", settings.quarantine / "findings.parquet")
    _write(connection, "from counted_extracts order by receipt_order", settings.quarantine / "extracts.parquet")
    for dataset in contracts:
        rows = f"select * exclude (_is_accepted) from rows_{dataset} where not _is_accepted order by all"
        _write(connection, rows, settings.quarantine / f"{dataset}.parquet")


def _write_unmapped(connection: duckdb.DuckDBPyConnection, settings: Settings, contracts: dict[str, Contract]) -> None:
    """The codes that wait for a map, with how often they came: for the analyst who writes it."""
    parts = [
        f"""select _agency_id as agency_id, '{name}' as dataset, unnest(_unmapped) as "column",
            unnest(_unmapped_text) as code from rows_{name} where _is_accepted"""
        for name in contracts
    ]
    counts = f"""select agency_id, dataset, "column", code, count(*) as rows
        from ({" union all ".join(parts)}) group by all order by all"""
    path = settings.stewardship / "unmapped_codes.csv"
    connection.sql(counts).write_csv(str(path))


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write a query's rows; the old file stays until the new one is whole."""
    temporary = path.with_name(f".{path.name}")
    connection.execute(f"copy ({query}) to '{temporary}' (format parquet, compression zstd)")
    temporary.replace(path)
