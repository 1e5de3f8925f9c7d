"""The linked system: the counts of all tables and releases, and all ways in which they add up, as one set of relations.

Belongs here: which counts are the same number, which sum is another count, what is left over. Stays out: hiding
(complementary) and attacking (attack).

Relations are read off the true numbers, one by one, so that none can be forgotten: wherever the parts of a whole add up
to it, an attacker is taken to know that they do. Where they fall short, the rest is a group like any other and gets a
count of its own; where they exceed it (a family served by two agencies), each part is no more than the whole, and the
whole no more than their sum. Two series that agree wherever both have a number are one series.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import sparse

from dagster_project.disclosure.counts import PLACE

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

_KEY = ", ".join(PLACE)


@dataclass(frozen=True)
class LinkedSystem:
    """Counts 0..n-1 and the relations between them: `equal @ value = 0` and `at_least @ value >= 0`.

    `low` to `high` is what anybody knows of a count that is not told, `width` how far apart the ends of what an
    attacker finds must be. `units` are what is hidden as one, each with its cost; infinite where it was told before and
    cannot be taken back. `unit_of` is a matrix of counts by units: a count is told when one of its units is shown.
    `known_by` gives by agency the counts that it knows. `series` names what is counted.
    """

    series: list[str]
    value: Floats
    low: Floats
    high: Floats
    width: Floats
    equal: sparse.csr_matrix
    at_least: sparse.csr_matrix
    units: list[str]
    unit_cost: Floats
    unit_shown: Booleans
    unit_of: sparse.csr_matrix
    known_by: dict[str, Integers]

    def told(self, unit_shown: Booleans) -> Booleans:
        """Which counts are told when these units are shown."""
        return np.asarray(self.unit_of @ unit_shown.astype(np.float64)) > 0


def link(counts: pa.Table, earlier: Iterable[pa.Table] = ()) -> LinkedSystem:
    """The system of a publication's counts (see counts.py), linked with those of earlier releases, newest first."""
    with duckdb.connect() as connection:
        releases = [counts, *earlier]
        for number, table in enumerate(releases):
            connection.register(f"release_{number}", table)
        connection.sql(
            "create table counts as "
            + " union all ".join(
                f"select {number} as release, * from release_{number}" for number in range(len(releases))
            )
        )
        _name_counts(connection)
        _relate_slices(connection)
        _relate_intervals(connection)
        _relate_columns(connection)
        return _system(connection)


def _name_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Number the counts: the same series, place and value is the same count, in whatever table or release it stands."""
    connection.sql(f"create table keyed as select *, concat_ws('|', {_KEY}) as key from counts")
    # Who keeps every release has the newest number of each place side by side, wherever it stood.
    connection.sql(
        """
        insert into keyed
        select * replace (-1 as release, null as unit, false as is_shown, '' as known_by) from keyed
        where (select max(release) from keyed) > 0
        qualify row_number() over (partition by series, key order by release) = 1
        """
    )
    same = connection.sql(
        """
        -- What bounds tell is rounded, and equal to something else by chance.
        with told as (select distinct release, series, key, value from keyed where series not like '%:missing'),
        sizes as (select series, count(*) filter (value > 0) as filled from told group by series)
        select a.series, b.series from told as a join told as b on a.release = b.release and a.key = b.key
        join sizes as m on m.series = a.series join sizes as n on n.series = b.series
        where a.series < b.series
        group by a.series, b.series, m.filled, n.filled
        having bool_and(a.value = b.value) and bool_or(a.value > 0)
          and count(*) filter (a.value > 0) >= least(3, m.filled, n.filled)
        """
    ).fetchall()
    names = [row[0] for row in connection.sql("select distinct series from keyed order by 1").fetchall()]
    first = _first_of_group(names, same)
    groups = pa.table({"series": list(first), "series_group": list(first.values())})
    connection.register("series_groups", groups)
    connection.sql(
        """
        create table numbered as
        select k.*, dense_rank() over (order by series_group, key, value) - 1 as count_id
        from keyed as k join series_groups using (series)
        """
    )
    connection.sql("create table members (relation varchar, count_id bigint, factor double, is_equal boolean)")


def _first_of_group(names: list[str], same: list[tuple[str, str]]) -> dict[str, str]:
    first = {name: name for name in names}

    def root(name: str) -> str:
        while first[name] != name:
            name = first[name]
        return name

    for one, other in same:
        a, b = sorted((root(one), root(other)))
        first[b] = a
    return {name: root(name) for name in names}


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
    """An interval and the coarsest shorter kind of which none reaches over its ends: quarters of a year, months."""
    connection.sql(
        """
        create table tilings as
        with intervals as (
          select distinct interval_kind, interval_start::date as first_day, interval_end::date as last_day
          from numbered where interval_start <> ''
        ),
        inside as (
          select whole.*, part.interval_kind as part_kind,
            max(part.last_day - part.first_day) as part_days,
            bool_and(part.first_day >= whole.first_day and part.last_day <= whole.last_day) as is_inside
          from intervals as whole join intervals as part
            on part.interval_kind <> whole.interval_kind
            and part.first_day <= whole.last_day and part.last_day >= whole.first_day
            and part.last_day - part.first_day < whole.last_day - whole.first_day
          group by all
        )
        select interval_kind, first_day::varchar as interval_start, part_kind from inside where is_inside
        qualify row_number() over (
          partition by interval_kind, first_day, last_day order by part_days desc, part_kind) = 1
        """
    )
    kept = [place for place in PLACE if not place.startswith("interval")]
    same = " and ".join(f"whole.{place} = part.{place}" for place in ("release", "series", *kept))
    _relate(
        connection,
        f"""select concat_ws('|', 'interval', whole.release, whole.series, whole.key) as relation,
              whole.count_id as whole_id, whole.value as whole_value, part.count_id, part.value, 'interval' as division
            from numbered as whole
            join tilings using (interval_kind, interval_start)
            join numbered as part on {same} and part.interval_kind = tilings.part_kind
              and part.interval_start >= whole.interval_start and part.interval_end <= whole.interval_end""",
        divides=False,
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
        create table if not exists rests (relation varchar, value double, whole_id bigint, is_group boolean);
        insert into rests
        select distinct relation, -excess, whole_id, {divides} and is_apart from judged where excess < 0
        union all
        -- Of two parts, what they exceed the whole by is what they have in common.
        select distinct relation || '|sum', excess, whole_id, true
        from judged where excess > 0 and {divides} and parts_count = 2
        """
    )


def _system(connection: duckdb.DuckDBPyConnection) -> LinkedSystem:
    # The same relation stands in several series and releases: its members say which it is. A rest is a new count.
    connection.sql(
        """
        create table relations as
        with described as (
          select m.relation, m.is_equal or r.value is not null as is_equal, r.value as rest, r.whole_id,
            coalesce(r.is_group, false) as is_group,
            list(struct_pack(c := m.count_id, f := m.factor) order by m.count_id, m.factor) as parts
          from members as m left join rests as r using (relation) group by all
        )
        select row_number() over (order by parts, is_equal) - 1 as relation_id, parts, is_equal,
          min(rest) as rest, min(whole_id) as whole_id, bool_or(is_group) as is_group
        from described group by parts, is_equal;
        -- Of one count in tables with different rules the widest holds.
        create table ruled as
        select count_id, min(series) as series, value, min(hidden_from) filter (where hidden_to > 0) as hidden_from,
          max(hidden_to) as hidden_to, max(protected_values) as protected_values,
          bool_or(is_guarded) as is_guarded, true as is_group
        from numbered group by count_id, value;
        create table counted as
        from ruled
        union all
        select (select max(count_id) from ruled) + row_number() over (order by relation_id), w.series || ':left over',
          rest, w.hidden_from, w.hidden_to, w.protected_values, false, r.is_group
        from relations as r join ruled as w on w.count_id = r.whole_id
        where rest is not null;
        create table entries as
        select relation_id, is_equal, p.c as count_id, p.f as factor
        from (select relation_id, is_equal, unnest(parts) as p from relations)
        union all
        select relation_id, true,
          (select max(count_id) from numbered) + row_number() over (order by relation_id), -1
        from relations where rest is not null
        """
    )
    counts = _columns(
        connection,
        """
        with judged as (
          select *, coalesce(is_group and value between hidden_from and hidden_to, false) as is_small from counted
        )
        -- A mark does not say why something is hidden: none may be, too, to protect others.
        select series, value, 0::double as low,
          case when is_small then hidden_to else 1e9 end::double as high,
          case when is_small then least(protected_values, hidden_to - hidden_from + 1) - 1
            when is_guarded then protected_values - 1 else 0 end::double as width
        from judged order by count_id
        """,
    )
    number = len(counts["value"])
    units = _columns(
        connection,
        """
        select unit, min(cost) as cost, bool_or(is_shown) as is_shown
        from (
          select case when release = 0 then unit else 'earlier' end as unit,
            case when release = 0 then cost else 'inf'::double end as cost, is_shown
          from numbered where unit is not null and (release = 0 or is_shown)
        )
        group by unit order by unit
        """,
    )
    connection.register("units", pa.table({"unit": list(units["unit"]), "unit_id": np.arange(len(units["unit"]))}))
    owners = _columns(
        connection,
        """
        select distinct count_id, unit_id from numbered
        join units on units.unit = case when release = 0 then numbered.unit else 'earlier' end
        where release = 0 or is_shown
        """,
    )
    known = connection.sql(
        """
        select agency_id, list(distinct count_id order by count_id) as count_ids
        from (select unnest(string_split(known_by, ';')) as agency_id, count_id from numbered)
        where agency_id <> '' group by agency_id order by agency_id
        """
    ).fetchall()
    return LinkedSystem(
        series=list(counts["series"]),
        value=counts["value"],
        low=counts["low"],
        high=counts["high"],
        width=counts["width"],
        equal=_matrix(connection, "is_equal", number),
        at_least=_matrix(connection, "not is_equal", number),
        units=list(units["unit"]),
        unit_cost=units["cost"],
        unit_shown=units["is_shown"],
        unit_of=sparse.csr_matrix(
            (np.ones(len(owners["count_id"])), (owners["count_id"], owners["unit_id"])), (number, len(units["unit"]))
        ),
        known_by={agency_id: np.array(count_ids, dtype=np.int64) for agency_id, count_ids in known},
    )


def _columns(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    return dict(connection.sql(query).fetchnumpy())


def _matrix(connection: duckdb.DuckDBPyConnection, condition: str, columns: int) -> sparse.csr_matrix:
    found = _columns(
        connection,
        f"""
        select dense_rank() over (order by relation_id) - 1 as row_id, count_id, factor
        from (select relation_id, count_id, sum(factor) as factor from entries where {condition} group by all)
        where factor <> 0
        """,
    )
    rows = int(found["row_id"].max()) + 1 if len(found["row_id"]) else 0
    return sparse.csr_matrix((found["factor"], (found["row_id"], found["count_id"])), (rows, columns))
