"""Acceptance: which extracts count, which rows are taken, and the one state of every submission.

Belongs here: rules that look across submissions (superseding, unknown persons) and the tables that follow, all in SQL.
Stays out: rules on single rows (suites) and words (feedback).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.contracts import Contract, Expectations
from dagster_project.rooms import open_room
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from dagster_project.validation.acceptance_inputs import register_findings, register_submissions
from dagster_project.validation.acceptance_outputs import (
    count_rows,
    write_expected,
    write_finding_counts,
    write_quarantine,
    write_states,
    write_unmapped,
)
from dagster_project.validation.plausibility import find_implausible
from dagster_project.whole_files import quoted, quoted_list, write_rows


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
    known: Settings | None = None,
) -> Tally:
    """Write accepted rows, the vault's persons, quarantined rows, findings and states; return the counts.

    `known` are the places of a build before, whose persons count as known, for judging one file alone.

    Tables written: `accepted/<dataset>.parquet` (no personal column), `vault/persons.parquet`,
    `quarantine/<dataset>.parquet`, `quarantine/findings.parquet`, `quarantine/extracts.parquet`,
    `stewardship/unmapped_codes.csv`, and in `reference/`: `submission_files`, `submission_extracts`,
    `expected_submissions`.
    """
    for folder in (settings.accepted, settings.vault, settings.quarantine, settings.reference, settings.stewardship):
        folder.mkdir(parents=True, exist_ok=True)
    with open_room(settings) as connection:
        register_submissions(connection, submissions, set(expectations.agreements))
        register_findings(connection, settings, expectations, submissions)
        _find_usable(connection)
        find_implausible(connection, settings, expectations, submissions, known)
        _choose_current(connection)
        _register_known_persons(connection, known.accepted / "persons.parquet" if known else None)
        for contract in _persons_first(expectations.contracts):
            _take_rows(connection, settings, contract)
        count_rows(connection)
        write_states(connection, settings)
        write_expected(connection, settings, expectations, as_of)
        write_finding_counts(connection, settings, submissions)
        first_day = expectations.initiative.retention.first_day_kept("quarantine", as_of)
        write_quarantine(connection, settings, expectations.contracts, first_day)
        if settings.known_by is None:
            write_unmapped(connection, settings, expectations.contracts)
        row = connection.sql("""
            select (select count(*) from submissions), coalesce(sum(rows_in), 0), coalesce(sum(rows_accepted), 0),
                   coalesce(sum(rows_quarantined), 0)
            from counted_extracts
        """).fetchone()
    assert row is not None
    return Tally(*(int(count) for count in row))


def _persons_first(contracts: dict[str, Contract]) -> list[Contract]:
    return sorted(contracts.values(), key=lambda contract: (contract.names_person, contract.dataset))


def _find_usable(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `usable_extracts`: each extract, and whether it is rejected."""
    connection.execute("""
        create table usable_extracts as
        select e.*, e.path is null or exists (
          select 1 from row_findings as f
          where f._submission_id = e.submission_id and f._extract_number = e.extract_number and f.severity = 'reject'
        ) as is_rejected
        from extracts as e
    """)


def _choose_current(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `judged_extracts`: each extract is rejected, held, superseded or current.

    Of a month's extract the last one received counts; of an extract that holds everything, the one of the latest
    period; of changes, all count. A rejected extract replaces nothing, nor does one that is held; once another that
    may count came after it, nobody waits for it any more.
    """
    connection.execute("""
        create table judged_extracts as
        with places as (
          select *, submission_id in (from held_submissions) as is_held,
            {'period_end': period_end, 'received_date': received_date, 'receipt_order': receipt_order} as place,
            case when delivers = 'month' then period_start end as month_start
          from usable_extracts
        ),
        lasts as (
          select *, max(place) filter (not is_rejected and not is_held) over (
            partition by agency_id, dataset, pattern, extract_number, delivers, month_start) as last_place
          from places
        )
        select * exclude (is_held, place, month_start, last_place), case
          when is_rejected then 'rejected'
          when is_held and (delivers = 'changes' or last_place is null or place > last_place) then 'held'
          when delivers = 'changes' or place = last_place then 'current'
          else 'superseded' end as extract_state
        from lasts
    """)


def _register_known_persons(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Table `known_persons`: persons that count as known besides those of the submissions at hand."""
    connection.execute("create table known_persons (_agency_id varchar, person_id_agency varchar)")
    if path is not None and path.exists():
        connection.execute(f"insert into known_persons select _agency_id, person_id_agency from {quoted(path)}")


def _take_rows(connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract) -> None:
    """Table `rows_<dataset>`: every row of current extracts with `_is_accepted`; then the files made of it."""
    paths = connection.execute(
        "select distinct path from judged_extracts where dataset = ? and extract_state = 'current' order by path",
        [contract.dataset],
    ).fetchall()
    name = f"rows_{contract.dataset}"
    if paths:
        source = f"read_parquet({quoted_list(settings.extracts / path for (path,) in paths)}, filename = true)"
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
          and e.extract_state = 'current' and r.filename = {quoted(f"{settings.extracts}/")} || e.path
    """)
    if contract.names_person:
        _set_orphans_aside(connection, name)
    shared = [column.name for column in contract.columns if not column.is_personal]
    places = ["_submission_id", "_agency_id", "_period_start", "_period_end", "_received_date", "_receipt_order"]
    kept = ", ".join(f'"{column}"' for column in [*shared, *places, "_row_number"])
    write_rows(
        connection, f"select {kept} from {name} where _is_accepted", settings.accepted / f"{contract.dataset}.parquet"
    )
    if contract.dataset == "persons":
        names = [c.name for c in contract.columns]
        names += [f"_written_{c.name}" for c in contract.columns if c.is_personal_date]
        private = ", ".join(f'"{name}"' for name in names)
        kept = f"{private}, {', '.join(places)}, _row_number"
        write_rows(connection, f"select {kept} from {name} where _is_accepted", settings.vault_persons)


def _no_rows(contract: Contract) -> str:
    columns = [f"""null::{c.sql_type} as "{c.name}" """ for c in contract.columns]
    columns += [f'null::varchar as "_written_{c.name}"' for c in contract.columns if c.is_personal_date]
    return f"""select null::varchar as _submission_id, null::varchar as _agency_id, null::integer as _extract_number,
        null::date as _period_start, null::date as _period_end, null::date as _received_date, {", ".join(columns)},
        null::bigint as _row_number, null::varchar as _fault, []::varchar[] as _unreadable, []::varchar[] as _unmapped,
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
