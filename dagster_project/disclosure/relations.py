"""Relations: all ways in which counts of one release add up, read off the true numbers one by one.

Belongs here: which sums, parts and bounds there are, as rows of `members` (relation, count, factor) and `rests`. Stays
out: which numbers are one count (same_counts).

Wherever the parts of a whole add up to it, an attacker is taken to know that they do. Where they fall short, the rest
is a group like any other and gets a count of its own; where they exceed it (a family served by two agencies), each part
is no more than the whole, and the whole no more than their sum.
"""

from __future__ import annotations

import duckdb

from dagster_project.disclosure.columns_of_numbers import CHANCE, NATS, TELLING, lay_out_columns
from dagster_project.disclosure.counts import PLACE

# Sums of two breakdowns are looked for in so many rows, those of the whole region with the most numbers; sums of two
# series in all, and hold where they do in so many.
_ANCHORS, _MANY = 8, 10
_SMALL_WHOLE = 20


def find_relations(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `members` and `rests` from the table `numbered`."""
    connection.sql(
        """
        create table members (relation varchar, count_id bigint, factor double, is_equal boolean);
        create table rests (relation varchar, value double, whole_id bigint, is_group boolean)
        """
    )
    _relate_slices(connection)
    _relate_intervals(connection)
    _relate_columns(connection)
    _relate_series(connection)
    _relate_inclusions(connection)


# Of each way to divide a count: what the parts have that the whole has not, and what both have not.
_DIVISIONS = {
    "agency": ("agency_id", "program_id = '' and zone_id = ''"),
    "program": ("program_id", "zone_id = '' and breakdown_kind = '' and agency_id <> ''"),
    "zone": ("zone_id", "agency_id = '' and program_id = ''"),
    "breakdown": ("breakdown_code", "program_id = ''"),
}


def _relate_slices(connection: duckdb.DuckDBPyConnection) -> None:
    for name, (column, condition) in _DIVISIONS.items():
        kept = [
            place for place in PLACE if place != column and (column != "breakdown_code" or place != "breakdown_kind")
        ]
        same = " and ".join(f"whole.{place} = part.{place}" for place in ("release", "series", *kept))
        kind = ", part.breakdown_kind" if column == "breakdown_code" else ""
        _relate(
            connection,
            f"""select concat_ws('|', '{name}', whole.release, whole.series, whole.key{kind}) as relation,
                  whole.count_id as whole_id, whole.value as whole_value, part.count_id, part.value,
                  concat_ws('|', '{name}', whole.series{kind}) as division
                from numbered as whole join numbered as part on {same}
                where whole.{column} = '' and part.{column} <> '' and {_of("whole", condition)}
                  and {_of("part", condition)}""",
            divides=True,
        )


def _of(alias: str, condition: str) -> str:
    return " and ".join(f"{alias}.{term}" for term in condition.split(" and "))


def _relate_intervals(connection: duckdb.DuckDBPyConnection) -> None:
    """An interval and the coarsest shorter kind that its series has and of which none reaches over its ends.

    A kind that covers it comes first: quarters of a year, months of a quarter, before a wave within it.
    """
    connection.sql(
        """
        create table tilings as
        with intervals as (
          select distinct series, interval_kind, interval_start::date as first_day, interval_end::date as last_day
          from numbered where interval_start <> ''
        )
        select whole.series, whole.interval_kind, whole.first_day::varchar as interval_start,
          part.interval_kind as part_kind
        from intervals as whole join intervals as part
          on part.series = whole.series and part.interval_kind <> whole.interval_kind
          and part.first_day <= whole.last_day and part.last_day >= whole.first_day
          and part.last_day - part.first_day < whole.last_day - whole.first_day
        group by whole.series, whole.interval_kind, whole.first_day, whole.last_day, part.interval_kind
        having bool_and(part.first_day >= whole.first_day and part.last_day <= whole.last_day)
        qualify row_number() over (
          partition by whole.series, whole.interval_kind, whole.first_day, whole.last_day
          order by sum(part.last_day - part.first_day + 1) = whole.last_day - whole.first_day + 1 desc,
            max(part.last_day - part.first_day) desc, part.interval_kind) = 1
        """
    )
    kept = [place for place in PLACE if not place.startswith("interval")]
    same = " and ".join(f"whole.{place} = part.{place}" for place in ("release", "series", *kept))
    _relate(
        connection,
        f"""select concat_ws('|', 'interval', whole.release, whole.series, whole.key, tilings.part_kind) as relation,
              whole.count_id as whole_id, whole.value as whole_value, part.count_id, part.value, 'interval' as division
            from numbered as whole
            join tilings using (series, interval_kind, interval_start)
            join numbered as part on {same} and part.interval_kind = tilings.part_kind
              and part.interval_start >= whole.interval_start and part.interval_end <= whole.interval_end""",
        divides=False,
    )


def _relate_series(connection: duckdb.DuckDBPyConnection) -> None:
    """Columns of numbers of which one is the sum of two others (those who stay and who leave), or never more than
    another that it often equals (referrals that can be judged, and all)."""
    anchors = f"""semi join (
        select row_name from different_columns where is_of_all
        group by all order by count(*) desc, row_name limit {_ANCHORS}
      ) using (row_name) where value > {CHANCE}"""
    telling = f"""count(distinct (a.value, b.value)) >= {TELLING}
      and sum(ln(1 + least(a.value, b.value))) >= {NATS}"""
    # Few may leave in every place: then that it holds in many places tells.
    many = f"count(*) filter (greatest(a.value, b.value) > {CHANCE}) >= {_MANY}"
    for kind, rows, enough in (
        ("series", "where release = 0 and value > 0", many),
        ("breakdown", anchors, telling),
    ):
        lay_out_columns(connection, "numbered", "count_id", kind)
        # The same numbers under several names are looked at once.
        connection.sql(
            """
            create or replace temp table different_columns as
            with sizes as (select column_name, count(*) as size from columns_of_numbers group by all),
            contained as (
              select a.column_name from columns_of_numbers as a
              join columns_of_numbers as b on b.row_name = a.row_name and b.count_id = a.count_id
              join sizes as m on m.column_name = a.column_name join sizes as n on n.column_name = b.column_name
              where n.size > m.size or (n.size = m.size and b.column_name < a.column_name)
              group by a.column_name, b.column_name, m.size having count(*) = m.size
            )
            select * from columns_of_numbers anti join contained using (column_name)
            """
        )
        connection.sql(
            f"""
            insert into members
            with looked_at as (select * from different_columns {rows}),
            candidates as (
              select w.column_name as whole, a.column_name as one, b.column_name as other
              from looked_at as a join looked_at as b on b.row_name = a.row_name and a.column_name < b.column_name
              join looked_at as w on w.row_name = a.row_name and w.value = a.value + b.value
              group by all having {enough}
            ),
            placed as (
              select concat_ws('|', 'sum', w.row_name, whole, one, other) as relation, whole, one, other,
                w.count_id as whole_id, a.count_id as one_id, b.count_id as other_id,
                w.value = a.value + b.value as adds_up
              from candidates join different_columns as w on w.column_name = whole
              join different_columns as a on a.column_name = one and a.row_name = w.row_name
              join different_columns as b on b.column_name = other and b.row_name = w.row_name
            ),
            summed as (from placed qualify bool_and(adds_up) over (partition by whole, one, other))
            select relation, whole_id, 1, true from summed union all select relation, one_id, -1, true from summed
            union all select relation, other_id, -1, true from summed
            """
        )
        connection.sql(
            f"""
            insert into members
            with candidates as (
              select distinct a.column_name as one, b.column_name as whole
              from different_columns as a
              join different_columns as b on b.row_name = a.row_name and b.value = a.value and b.count_id <> a.count_id
              where a.value > {CHANCE} and split_part(a.column_name, ':', 1) <> split_part(b.column_name, ':', 1)
              group by a.column_name, b.column_name, a.release
              having count(distinct a.value) >= {TELLING} and sum(ln(1 + a.value)) >= {NATS}
            ),
            placed as (
              select concat_ws('|', 'most', b.row_name, one, whole) as relation, one, whole, b.count_id as whole_id,
                a.count_id as one_id, a.value <= b.value as is_within
              from candidates join different_columns as a on a.column_name = one
              join different_columns as b on b.column_name = whole and b.row_name = a.row_name
            ),
            within as (from placed qualify bool_and(is_within) over (partition by one, whole))
            select relation, whole_id, 1, false from within where whole_id <> one_id
            union all select relation, one_id, -1, false from within where whole_id <> one_id
            """
        )


def _relate_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Numerator and rest make the denominator; a band holds its value; rows are accepted or quarantined."""
    connection.sql(
        """
        create table parted as
        select release, regexp_extract(series, '^(.*):[a-z]+$', 1) as stem,
          regexp_extract(series, ':([a-z]+)$', 1) as part, key, count_id, value
        from numbered
        """
    )
    for whole, parts in (("denominator", ("numerator", "rest")), ("in", ("accepted", "quarantined"))):
        names = ", ".join(f"'{part}'" for part in parts)
        connection.sql(
            f"""
            insert into members
            with sums as (
              select concat_ws('|', 'columns', w.release, w.stem, w.key) as relation, w.count_id as whole_id, p.count_id
              from parted as w join parted as p
                on p.release = w.release and p.stem = w.stem and p.key = w.key and p.part in ({names})
              where w.part = '{whole}'
              qualify count(*) over (partition by relation) = {len(parts)}
            )
            select distinct relation, whole_id, 1, true from sums
            union all
            select relation, count_id, -1, true from sums
            """
        )
    for least, most in (("low", "numerator"), ("numerator", "high")):
        connection.sql(
            f"""
            insert into members
            with pairs as (
              select concat_ws('|', '{least}', a.release, a.stem, a.key) as relation, a.count_id as least_id,
                b.count_id as most_id
              from parted as a join parted as b on a.release = b.release and a.stem = b.stem and a.key = b.key
              where a.part = '{least}' and b.part = '{most}' and a.value <= b.value
            )
            select relation, most_id, 1, false from pairs union all select relation, least_id, -1, false from pairs
            """
        )
    # The bounds of a total tell the most that the fullest interval of a partner with missing submissions can hold.
    connection.sql(
        """
        insert into members
        with pairs as (
          select concat_ws('|', 'missing', a.release, a.key, b.key) as relation, a.count_id as most_id,
            b.count_id as part_id
          from (select * from numbered where series like '%:missing' and agency_id <> '' and breakdown_kind = '') as a
          join numbered as b on a.release = b.release and b.series = replace(a.series, ':missing', ':numerator')
            and a.interval_kind = b.interval_kind and a.agency_id = b.agency_id and b.program_id = ''
            and b.breakdown_kind = '' and b.value <= a.value
        )
        select relation, most_id, 1, false from pairs union all select relation, part_id, -1, false from pairs
        """
    )
    # Findings that set rows aside, and the rows set aside.
    _relate(
        connection,
        """select concat_ws('|', 'findings', w.release, w.key) as relation, w.count_id as whole_id,
              w.value as whole_value, p.count_id, p.value, 'findings' as division
            from numbered as w join numbered as p on p.release = w.release and p.agency_id = w.agency_id
              and p.interval_start = w.interval_start
              and p.series = replace(w.series, ':quarantined', ':found')
            where w.series like 'rows:%:quarantined'""",
        divides=False,
    )


def _relate_inclusions(connection: duckdb.DuckDBPyConnection) -> None:
    """A series that is never more than another and nobody where that is nobody (households, and their persons).

    Only small wholes narrow what is hidden.
    """
    lay_out_columns(connection, "numbered", "count_id", "series")
    connection.sql(
        f"""
        insert into members
        with pairs as (
          select a.column_name as one, b.column_name as whole, b.row_name, a.count_id as one_id,
            b.count_id as whole_id, a.value as part, b.value as most, a.release
          from columns_of_numbers as a
          join columns_of_numbers as b on b.row_name = a.row_name and b.count_id <> a.count_id
        ),
        within as (
          select one, whole from pairs group by all
          having bool_and(part <= most)
            and count(*) filter (release = 0 and most = 0) >= {_MANY}
            and count(*) filter (release = 0 and part > 0) >= {_MANY}
            and count(*) filter (release = 0 and part > 0) * 2 >= count(*) filter (release = 0 and most > 0)
        ),
        placed as (
          select distinct concat_ws('|', 'within', row_name, one, whole) as relation, one_id, whole_id
          from pairs semi join within using (one, whole) where most <= {_SMALL_WHOLE}
        )
        select relation, whole_id, 1, false from placed union all select relation, one_id, -1, false from placed
        """
    )


def _relate(connection: duckdb.DuckDBPyConnection, parts: str, divides: bool) -> None:
    """Add a relation for each whole among `parts` (relation, whole_id, whole_value, count_id, value, division).

    Where a division never exceeds its wholes, what is left over is a count to protect, if it `divides` people.
    """
    connection.sql(
        f"""
        create or replace temp table found as
        with parts as ({parts})
        select *, sum(value) over (partition by relation) - whole_value as excess,
          count(*) over (partition by relation) as parts_count
        from parts
        """
    )
    connection.sql(
        """
        create or replace temp table judged as
        select *, not bool_or(excess > 0) over (partition by division) as is_apart from found
        """
    )
    connection.sql(
        """
        insert into members
        select distinct relation, whole_id, 1, true from judged where excess <= 0
        union all
        select relation, count_id, -1, true from judged where excess <= 0
        union all
        -- No part is more than the whole, and the whole no more than their sum.
        select distinct relation || '|sum', whole_id, -1, false from judged where excess > 0
        union all
        select relation || '|sum', count_id, 1, false from judged where excess > 0
        union all
        select relation || '|' || count_id, whole_id, 1, false from judged where excess > 0 and value <= whole_value
        union all
        select relation || '|' || count_id, count_id, -1, false from judged where excess > 0 and value <= whole_value
        """
    )
    connection.sql(
        f"""
        insert into rests
        select distinct relation, -excess, whole_id, {divides} and is_apart from judged where excess < 0
        union all
        -- Of two parts, what they exceed the whole by is what they have in common.
        select distinct relation || '|sum', excess, whole_id, true
        from judged where excess > 0 and {divides} and parts_count = 2
        """
    )
