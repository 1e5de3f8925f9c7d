"""Whole extracts: what is measured of each extract and of the earlier ones of its kind, in SQL over their rows.

Belongs here: counts and shares. Stays out: what is too much or too little of them (plausibility). Tables made here hold
hashes of ids and of rows, never a value, and end with their connection.

Which dates should fall in the period of a month's file: those of the first required date of the dataset that is not
personal (a contact's day, a referral's day). Where the dataset has other dates too (an exit, an outcome), a row may
come again when it changes: it falls in the period as soon as one of its dates does.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dagster_project.contracts import Column, Contract, Expectations, Plausibility
from dagster_project.settings import Settings
from dagster_project.whole_files import quoted, quoted_list

PERSON_ID = "person_id_agency"
TOKENS = "link_tokens"


def placing_column(contract: Contract) -> Column | None:
    """The date of a row that should fall in the period of a month's file."""
    return next((column for column in _dates(contract) if column.required), None)


def _dates(contract: Contract) -> list[Column]:
    return [c for c in contract.columns if c.logical_type in ("date", "timestamp") and not c.is_personal]


def register_whole_extracts(
    connection: duckdb.DuckDBPyConnection, settings: Settings, history: Settings | None
) -> None:
    """Table `whole_extracts`: those of `usable_extracts` that may count, and those that an earlier build took.

    `history` are the places of that build, where the connection knows only one file of its own.
    """
    kept = "submission_id, extract_number, dataset, agency_id, pattern, delivers, period_start, period_end, rows_in"
    own = f"""select {kept}, receipt_order, false as is_history, {quoted(f"{settings.extracts}/")} || path as file
        from usable_extracts where not is_rejected"""
    extracts = history.quarantine / "extracts.parquet" if history else None
    if history is not None and extracts is not None and extracts.exists():
        own += f"""
        union all
        -- Received before the file at hand, whose receipts begin at 0.
        select {kept}, receipt_order - 1000000000, true, '{history.extracts}/' || path
        from {quoted(extracts)} as e
        where extract_state not in ('rejected', 'held')
          and not exists (select 1 from usable_extracts as u where u.submission_id = e.submission_id)
          and '{history.extracts}/' || path in (select file from glob('{history.extracts}/*/*.parquet'))"""
    connection.execute(f"""
        create table whole_extracts as
        select row_number() over (order by receipt_order, extract_number) as number, * from ({own})
    """)


def measure_rows(connection: duckdb.DuckDBPyConnection, expectations: Expectations) -> None:
    """Tables `row_marks` (one line a row), `column_fill` (a column), `code_marks` (a code without a map) and
    `token_keys` (a key that made tokens)."""
    connection.execute("""
        create table row_marks (number bigint, id_kind varchar, id_hash ubigint, content_hash ubigint,
          is_dated boolean, is_in_period boolean, months_off bigint, is_swapped boolean);
        create table column_fill (number bigint, column_name varchar, filled bigint, unreadable bigint,
          days_to_twelfth bigint, readable_otherwise bigint);
        create table code_marks (number bigint, column_name varchar, code_hash ubigint);
        create table token_keys (number bigint, key_mark varchar, persons bigint);
    """)
    connection.register("date_formats", _date_formats(expectations))
    for contract in expectations.contracts.values():
        files = [
            file
            for (file,) in connection.execute(
                "select distinct file from whole_extracts where dataset = ? order by file", [contract.dataset]
            ).fetchall()
        ]
        if files:
            _read_rows(connection, contract, files)
            _mark_rows(connection, contract)
            _count_columns(connection, contract)
            connection.execute("""
                insert into code_marks
                select distinct number, unnest(_unmapped), hash(unnest(_unmapped_text)) from rows_at_hand
                where len(_unmapped) > 0
            """)
            if TOKENS in [column.name for column in contract.columns]:
                connection.execute(_KEYS_OF_TOKENS)
            connection.execute("drop table rows_at_hand")


def _date_formats(expectations: Expectations) -> pa.Table:
    """Of each kind of file whose dates can be read in two orders: the format of the other order."""
    kinds = [(a.agency_id, f.pattern, f.date_format) for a in expectations.agreements.values() for f in a.files]
    other = [(agency, pattern, _other_order(format_)) for agency, pattern, format_ in kinds]
    rows = [row for row in other if row[2]]
    agencies, patterns, formats = zip(*rows, strict=True) if rows else ((), (), ())
    text = pa.string()
    return pa.table(
        {
            "agency_id": pa.array(agencies, text),
            "pattern": pa.array(patterns, text),
            "other_format": pa.array(formats, text),
        }
    )


def _other_order(date_format: str) -> str | None:
    """Day and month exchanged; None where the year comes first, which leaves no doubt about their order."""
    if date_format.find("%Y") < max(date_format.find("%d"), date_format.find("%m")):
        return None
    return date_format.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def _read_rows(connection: duckdb.DuckDBPyConnection, contract: Contract, files: list[str]) -> None:
    names = [f'r."{c.name}"' for c in contract.columns]
    names += [f'r."_written_{c.name}"' for c in contract.columns if c.is_personal_date]
    connection.execute(f"""
        create temp table rows_at_hand as
        select w.number, w.period_start, w.period_end, f.other_format, {", ".join(names)},
          r._unreadable, r._unmapped, r._unmapped_text
        from read_parquet({quoted_list(files)}, filename = true, union_by_name = true) as r
        join whole_extracts as w on w.submission_id = r._submission_id and w.extract_number = r._extract_number
          and w.file = r.filename
        left join date_formats as f on f.agency_id = w.agency_id and f.pattern = w.pattern
        where r._fault is null
    """)


def _mark_rows(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    names = [column.name for column in contract.columns]
    has_person = PERSON_ID in names
    id_column = PERSON_ID if has_person else contract.key[0]
    place = placing_column(contract)
    day = f'cast("{place.name}" as date)' if place else "cast(null as date)"
    days = [f'cast("{column.name}" as date) between period_start and period_end' for column in _dates(contract)]
    in_period = " or ".join(f"coalesce({one}, false)" for one in days) if place else "false"
    # Only days up to the twelfth can be months.
    swapped = f"""case when day({day}) <= 12 then make_date(year({day}), day({day}), month({day})) end
          between period_start and period_end"""
    cells = ", ".join(f'"{name}"' for name in names)
    connection.execute(f"""
        insert into row_marks
        select number, '{"person" if has_person else contract.dataset}',
          case when "{id_column}" is not null then hash("{id_column}") end, hash({cells}),
          {day} is not null, {in_period}, datediff('month', period_start, {day}),
          not ({in_period}) and coalesce({swapped}, false)
        from rows_at_hand
    """)


def _count_columns(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """How many cells of each column are filled, and of dates what tells of another order of day and month."""
    counts = []
    for column in contract.columns:
        name = column.name
        unreadable = f"list_contains(_unreadable, '{name}')"
        days = readable = "0"
        if column.logical_type in ("date", "timestamp"):
            # Different days of the month, if none is beyond the twelfth: as when each is really a month.
            days = f'case when max(day("{name}")) <= 12 then count(distinct day("{name}")) else 0 end'
        if column.is_personal_date:
            # A format is the same for all rows of a file, but DuckDB wants it constant: both orders are tried.
            parts = [
                f"""other_format = '{other}' and try_strptime("_written_{name}", '{other}') is not null"""
                for other in _other_formats(connection)
            ]
            readable = f"count(*) filter ({unreadable} and ({' or '.join(parts)}))" if parts else "0"
        counts.append(f"""{{'column_name': '{name}', 'filled': count("{name}"), 'unreadable':
            count(*) filter ({unreadable}), 'days_to_twelfth': {days}, 'readable_otherwise': {readable}}}""")
    connection.execute(f"""
        insert into column_fill
        select number, c.column_name, c.filled, c.unreadable, c.days_to_twelfth, c.readable_otherwise
        from (select number, unnest([{", ".join(counts)}]) as c from rows_at_hand group by number)
    """)


def _other_formats(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("select distinct other_format from date_formats order by all").fetchall()
    return [str(other).replace("'", "''") for (other,) in rows]


def measure_against_earlier(connection: duckdb.DuckDBPyConnection, limits: Plausibility) -> None:
    """Tables `earlier` (each extract with those of the periods before it) and `measures` (one line an extract).

    Of each earlier period the last file counts that is not held; corrections are no measure of a period.
    """
    connection.execute(f"""
        create or replace table earlier as
        with lasts as (
          select * from whole_extracts
          where delivers <> 'changes' and submission_id not in (from held_submissions)
          qualify row_number() over (
            partition by agency_id, dataset, pattern, extract_number, period_start order by receipt_order desc) = 1
        )
        select x.number, y.number as earlier_number, y.rows_in,
          row_number() over (partition by x.number order by y.period_start desc) as periods_ago
        from whole_extracts as x
        join lasts as y on y.agency_id = x.agency_id and y.dataset = x.dataset and y.pattern = x.pattern
          and y.extract_number = x.extract_number and y.period_start < x.period_start
        where x.delivers <> 'changes'
        qualify periods_ago <= {limits.usual_periods}
    """)
    connection.execute(f"""
        create or replace table first_seen as
        select m.id_kind, w.agency_id, m.id_hash, min(w.period_start) as first_period
        from row_marks as m join whole_extracts as w on w.number = m.number
        where m.id_hash is not null and w.submission_id not in (from held_submissions)
        group by all;
        create or replace table measures as
        with own as ({_OF_ITS_OWN}), elsewhere as ({_ELSEWHERE}), again as ({_ROWS_AGAIN}), ids as ({_IDS_KNOWN}),
        others as ({_IDS_OF_OTHERS}),
        each_one as (
          select w.*, w.delivers = 'month' as is_month, coalesce(own.marked_rows, 0) as marked_rows,
            own.* exclude (number, marked_rows), again.again, coalesce(ids.ids, 0) as ids, ids.known,
            coalesce(others.others, 0) as others, coalesce(elsewhere.elsewhere, 0) as elsewhere
          from whole_extracts as w left join own using (number) left join again using (number)
          left join elsewhere using (number)
          left join ids using (number) left join others using (number)
        ),
        usual as (
          select e.number, count(*) as periods, median(e.rows_in) as median_rows,
            arg_min(e.rows_in, e.periods_ago) as last_rows, median(b.again) as usual_again,
            median(b.known) as usual_known, median(b.others) as usual_others,
            median(1 - b.outside / nullif(b.dated, 0)) as usual_in_period
          from earlier as e join each_one as b on b.number = e.earlier_number group by e.number
        )
        select m.*, u.* exclude (number, periods, median_rows, last_rows), coalesce(u.periods, 0) as periods,
          f.placing_column, d.other_format is not null as has_two_orders,
          -- A file that holds everything grows: its last one is the measure.
          case when m.is_month then u.median_rows else u.last_rows end as usual_rows,
          m.delivers <> 'changes' and coalesce(u.periods, 0) >= {limits.needed_periods} as has_size
        from each_one as m left join usual as u using (number) join dataset_facts as f using (dataset)
        left join date_formats as d on d.agency_id = m.agency_id and d.pattern = m.pattern
    """)


# Which key made a person's tokens stands among them.
_KEYS_OF_TOKENS = f"""
    insert into token_keys
    select number, regexp_extract({TOKENS}, '(?:^| )key:([0-9a-f]+)', 1) as key_mark, count(*)
    from rows_at_hand group by all having key_mark <> ''
"""
_OF_ITS_OWN = """
    select number, count(*) as marked_rows, count(*) filter (is_dated) as dated,
      count(*) filter (is_dated and not is_in_period) as outside, count(*) filter (is_swapped) as swapped
    from row_marks group by number
"""
# The most that are of one and the same other month.
_ELSEWHERE = """
    select number, max(rows) as elsewhere from (
      select number, months_off, count(*) as rows from row_marks where is_dated and not is_in_period group by all
    ) group by number
"""
_ROWS_AGAIN = """
    select m.number, avg((p.content_hash is not null)::int) as again
    from row_marks as m
    join earlier as e on e.number = m.number and e.periods_ago = 1
    left join (select distinct number, content_hash from row_marks) as p
      on p.number = e.earlier_number and p.content_hash = m.content_hash
    group by m.number
"""
_IDS = "select distinct number, id_kind, id_hash from row_marks where id_hash is not null"
# Known: it came from this agency for an earlier period.
_IDS_KNOWN = f"""
    select i.number, count(*) as ids, avg(coalesce(s.first_period < w.period_start, false)::int) as known
    from ({_IDS}) as i join whole_extracts as w on w.number = i.number
    left join first_seen as s on s.agency_id = w.agency_id and s.id_kind = i.id_kind and s.id_hash = i.id_hash
    group by i.number
"""
# The share of persons whom the agency knows that knows most of them. Other ids are numbered alike everywhere.
_IDS_OF_OTHERS = f"""
    select number, max(share) as others from (
      select i.number, s.agency_id, count(*) / any_value(n.ids) as share
      from ({_IDS}) as i join whole_extracts as w on w.number = i.number
      join (select number, count(*) as ids from ({_IDS}) group by number) as n on n.number = i.number
      join first_seen as s on s.agency_id <> w.agency_id and s.id_kind = i.id_kind and s.id_hash = i.id_hash
      where i.id_kind = 'person'
      group by i.number, s.agency_id
    ) group by number
"""
