"""The calendar: by agency and dataset what was due, what came and how, who is silent, and what waits for a person.

Belongs here: reading the warehouse's submissions into plain data. Stays out: deciding what came (`fct_submissions`),
and showing it (cli, reminders, defs).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from dagster_project.settings import Settings
from dagster_project.whole_files import quoted


@dataclass(frozen=True)
class DatasetStatus:
    """Counts of periods, but `superseded`: files that another one replaced. `late` came after its due day."""

    dataset: str
    due: int
    received: int
    nil: int
    late: int
    missing: int
    rejected: int
    held: int
    resubmitted: int
    superseded: int


@dataclass(frozen=True)
class Owed:
    """A period for which nothing that can be used has come, though it is due. `state` is missing or rejected."""

    dataset: str
    period_start: date
    period_end: date
    due_date: date
    state: str


@dataclass(frozen=True)
class HeldSubmission:
    """A file that waits for a person, and the rules that hold it."""

    submission_id: str
    period_start: date
    period_end: date
    received_date: date
    rules: list[str]


@dataclass(frozen=True)
class AgencyStatus:
    """`silent_since`: the first due day of those periods, up to the latest due, for which nothing at all came."""

    agency_id: str
    silent_since: date | None
    silent_periods: int
    last_received: date | None
    last_period_start: date | None
    last_period_end: date | None
    datasets: list[DatasetStatus]
    owed: list[Owed]
    held: list[HeldSubmission]


@dataclass(frozen=True)
class Calendar:
    """Silent agencies first, the longest silent at the top; then those who owe most; then by name."""

    as_of: date
    agencies: list[AgencyStatus]


class NoBuildError(Exception):
    """Nothing was built yet: there is no calendar to read."""


def files_without_period(settings: Settings) -> list[tuple[str, int]]:
    """By agency, files that no agreement recognises by their name or folder; 'unknown' is nobody's folder."""
    path = settings.reference / "submission_files.parquet"
    if not path.exists():
        return []
    with duckdb.connect() as connection:
        return connection.execute(
            """select agency_id, count(*) from read_parquet(?)
               where state = 'rejected' and period_start is null group by all order by all""",
            [str(path)],
        ).fetchall()


def read_calendar(settings: Settings) -> Calendar:
    """The calendar as the last build left it. Raises `NoBuildError`."""
    if not settings.warehouse.exists():
        raise NoBuildError
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        try:
            [(as_of,)] = connection.sql("select as_of from marts.dim_build").fetchall()
            silences = _by_agency(connection, _SILENCES)
            datasets = _by_agency(connection, _DATASETS)
            owed = _by_agency(connection, _OWED)
        except duckdb.CatalogException:
            # A build that stopped half-way, or one of an older version.
            raise NoBuildError from None
        held = _by_agency(connection, _held_sql(settings))
    statuses = [
        AgencyStatus(
            *(agency_id, since, periods, received, start, end),
            datasets=[DatasetStatus(*row) for row in datasets.get(agency_id, [])],
            owed=[Owed(*row) for row in owed.get(agency_id, [])],
            held=[HeldSubmission(*row) for row in held.get(agency_id, [])],
        )
        for agency_id, [(since, periods, received, start, end)] in silences.items()
    ]
    statuses.sort(key=lambda s: (s.silent_since or date.max, -len(s.owed), s.agency_id))
    return Calendar(as_of, statuses)


def _by_agency(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for agency_id, *row in connection.sql(sql).fetchall():
        found.setdefault(agency_id, []).append(tuple(row))
    return found


# A partner is silent when of its latest due periods, and since they ended, nothing came at all, not even a file that
# was sent back.
_SILENCES = """
    with periods as (
      select agency_id, period_start, min(due_date) as due_date,
        bool_or(state <> 'missing') or exists (
          select 1 from marts.fct_submission_files as f
          where f.agency_id = s.agency_id and (f.period_start = s.period_start or f.received_date > s.period_end)
        ) as has_come
      from marts.fct_submissions as s where is_expected group by agency_id, period_start, period_end
    ),
    last_heard as (
      select agency_id, coalesce(max(period_start) filter (has_come), date '0001-01-01') as heard_of
      from periods group by all
    ),
    silences as (
      select p.agency_id, min(p.due_date) as silent_since, count(*) as silent_periods
      from periods as p join last_heard as l on l.agency_id = p.agency_id and p.period_start > l.heard_of
      group by all
    ),
    lasts as (
      select agency_id, max(received_date) as last_received, max_by(period_start, period_start) as period_start,
        max_by(period_end, period_start) as period_end
      from marts.fct_submission_extracts where state <> 'rejected' group by all
    )
    select a.agency_id, s.silent_since, coalesce(s.silent_periods, 0), l.last_received, l.period_start, l.period_end
    from marts.dim_agencies as a left join silences as s using (agency_id) left join lasts as l using (agency_id)
"""
_DATASETS = """
    with replaced as (
      select agency_id, dataset, count(distinct submission_id) as superseded
      from marts.fct_submission_extracts where state = 'superseded' group by all
    )
    select agency_id, dataset, count(*), count(*) filter (state = 'accepted'), count(*) filter (state = 'nil'),
      count(*) filter (state in ('accepted', 'nil') and not is_on_time), count(*) filter (state = 'missing'),
      count(*) filter (state = 'rejected'), count(*) filter (state = 'held'), count(*) filter (is_resubmitted),
      any_value(coalesce(r.superseded, 0))
    from marts.fct_submissions as s left join replaced as r using (agency_id, dataset)
    where is_expected group by all order by all
"""
_OWED = """
    select agency_id, dataset, period_start, period_end, due_date, state
    from marts.fct_submissions as s cross join marts.dim_build as b
    where is_expected and state in ('missing', 'rejected') and due_date < b.as_of
    order by agency_id, period_start, dataset
"""


def _held_sql(settings: Settings) -> str:
    findings = settings.quarantine / "findings.parquet"
    rules = "select null as submission_id, null as rule_id where false"
    if findings.exists():
        rules = f"""select distinct _submission_id as submission_id, rule_id from {quoted(findings)}
            where severity = 'hold'"""
    return f"""
        select f.agency_id, f.submission_id, f.period_start, f.period_end, f.received_date,
          coalesce(list(r.rule_id order by r.rule_id) filter (r.rule_id is not null), [])
        from marts.fct_submission_files as f left join ({rules}) as r using (submission_id)
        where f.state = 'held' group by all order by f.received_date
    """
