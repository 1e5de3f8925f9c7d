"""Floors: the same rows, already clean and in one shape, counted with DuckDB alone and with pandas alone.

Belongs here: writing the mapped rows as canonical CSV (a file for each file of extracts, the contract's columns);
reading all of them with their types; counting, by agency and month, quarter and year, persons and households enrolled,
enrolments entered and left, contacts, and referrals, each number once however often it was sent.
Stays out: partners' own formats, encodings and codes; workbooks; rules, findings and answers; which submission counts;
linking persons between agencies; the other indicators, zones, programmes and age bands; hiding and its proof;
publishing.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from dagster_project.contracts import Contract, load_expectations
from dagster_project.settings import Settings
from dagster_project.whole_files import quoted

if TYPE_CHECKING:
    import pandas as pd

FIRST_MONTH, LAST_MONTH = "2025-01", "2026-06"
# What is counted on the day on which it happened: dataset, day, number.
EVENTS = {
    "entered": ("enrolments", "entry_date", "enrolment_id_agency"),
    "left": ("enrolments", "exit_date", "enrolment_id_agency"),
    "contacts": ("contacts", "contact_date", "contact_id_agency"),
    "referrals": ("referrals", "made_date", "referral_id_agency"),
}
SERVED = {"persons_served": "person_id_agency", "households_served": "household_id_agency"}
INTERVALS_SQL = f"""
    create table intervals as
    select kind, cast(first as date) as first_day, cast(first + length as date) as next_day
    from (values ('M', interval 1 month), ('Q', interval 3 month), ('Y', interval 1 year)) as k(kind, length),
      lateral (
        select unnest(generate_series(timestamp '{FIRST_MONTH}-01', timestamp '{LAST_MONTH}-01', length)) as first
      )
"""


def write_canonical(data: Path, folder: Path) -> float:
    """Write `folder`/csv/<dataset>/<agency>/<file>.csv from the vault's extracts."""
    started = time.perf_counter()
    with duckdb.connect() as connection:
        for contract in contracts():
            names = ", ".join(f'"{column.name}"' for column in contract.columns)
            for path in sorted((data / "vault" / "extracts" / contract.dataset).glob("*.parquet")):
                row = connection.sql(f"select any_value(_agency_id) from {quoted(path)}").fetchone()
                assert row is not None
                target = folder / "csv" / contract.dataset / str(row[0]) / f"{path.stem}.csv"
                target.parent.mkdir(parents=True, exist_ok=True)
                connection.execute(f"copy (select {names} from {quoted(path)}) to {quoted(target)} (header)")
    return time.perf_counter() - started


def count_with_duckdb(data: Path, folder: Path) -> float:
    """One script: typed tables of all CSV files, then the counts."""
    reads = []
    for contract in contracts():
        files = folder / "csv" / contract.dataset
        if files.exists():
            types = ", ".join(f"'{column.name}': '{column.sql_type}'" for column in contract.columns)
            reads.append(f"""
                create table {contract.dataset} as
                select * exclude (filename), split_part(filename, '/', -2) as agency_id
                from read_csv({quoted(files / "*" / "*.csv")}, columns = {{{types}}}, auto_detect = false,
                  header = true, delim = ',', quote = '"', escape = '"', filename = true)
            """)
    parts = [
        f"""select '{what}' as what, agency_id, kind, first_day, count(distinct {number}) as number
        from enrolments join intervals on entry_date < next_day and (exit_date is null or exit_date >= first_day)
        group by all"""
        for what, number in SERVED.items()
    ]
    parts += [
        f"""select '{what}', agency_id, kind, first_day, count(distinct {number})
        from {dataset} join intervals on {day} >= first_day and {day} < next_day group by all"""
        for what, (dataset, day, number) in EVENTS.items()
    ]
    counts = f"create table counts as {' union all '.join(parts)}"
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        started = time.perf_counter()
        connection.execute(";".join([*reads, INTERVALS_SQL, counts]))
        seconds = time.perf_counter() - started
        written = "select what, kind, agency_id, number from counts where number > 0 order by all"
        connection.execute(f"copy ({written}) to {quoted(folder / 'counts_duckdb.csv')} (header)")
    return seconds


def count_with_pandas(data: Path, folder: Path) -> float:
    """What an analyst would write: read_csv, then groupby and nunique for each interval."""
    import pandas as pd

    all_contracts = contracts()
    started = time.perf_counter()
    tables = {}
    for contract in all_contracts:
        files = sorted((folder / "csv" / contract.dataset).glob("*/*.csv"))
        if files:
            tables[contract.dataset] = pd.concat(
                [read_with_pandas(contract, path).assign(agency_id=path.parent.name) for path in files],
                ignore_index=True,
            )
    counts = []
    for kind in ("M", "Q", "Y"):
        for interval in pd.period_range(FIRST_MONTH, LAST_MONTH, freq=kind):
            first_day, next_day = interval.start_time, (interval + 1).start_time
            enrolments = tables["enrolments"]
            is_over = enrolments["exit_date"] < first_day
            served = enrolments[(enrolments["entry_date"] < next_day) & ~is_over].groupby("agency_id")
            counts += [(what, kind, served[number].nunique()) for what, number in SERVED.items()]
            for what, (dataset, day, number) in EVENTS.items():
                table = tables[dataset]
                in_interval = table[(table[day] >= first_day) & (table[day] < next_day)]
                counts.append((what, kind, in_interval.groupby("agency_id")[number].nunique()))
    seconds = time.perf_counter() - started
    rows = [
        (what, kind, agency, number) for what, kind, series in counts for agency, number in series.items() if number
    ]
    table = pd.DataFrame(sorted(rows), columns=["what", "kind", "agency_id", "number"])
    table.to_csv(folder / "counts_pandas.csv", index=False)
    return seconds


def read_with_pandas(contract: Contract, path: Path) -> pd.DataFrame:
    import pandas as pd

    days = [column.name for column in contract.columns if column.logical_type in ("date", "timestamp")]
    types = {c.name: float if c.logical_type == "number" else str for c in contract.columns if c.name not in days}
    return pd.read_csv(path, dtype=types, parse_dates=days)


def contracts() -> list[Contract]:
    return list(load_expectations(Settings.from_environment().expectations).contracts.values())
