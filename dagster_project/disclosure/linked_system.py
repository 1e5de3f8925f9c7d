"""The linked system: the counts of all tables and releases, and all ways in which they add up, as one set of relations.

Belongs here: the system as numbers and matrices. Stays out: which counts are one (same_counts), how they add up
(relations), hiding (complementary) and attacking (attack).

Both are read off the true numbers, so that no table and no way to add it up can be forgotten. That some of it is chance
only makes the attacker stronger than it can be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import sparse

from dagster_project.disclosure.relations import find_relations
from dagster_project.disclosure.same_counts import name_counts

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


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

    @cached_property
    def relations(self) -> sparse.csr_matrix:
        """All relations, the equations before the inequalities."""
        return sparse.vstack([self.equal, self.at_least], format="csr")

    @cached_property
    def slack(self) -> Floats:
        """By how much each inequality holds."""
        return np.asarray(self.at_least @ self.value)

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
        name_counts(connection)
        find_relations(connection)
        return _system(connection)


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
        with hidden_before as (
          select distinct series, key, value from numbered where release = 1 and unit is not null and not is_shown
        )
        select unit, min(cost) as cost, bool_and(is_shown) as is_shown
        from (
          select case when release = 0 then unit else 'earlier' end as unit,
            case when release = 0 then cost else 'inf'::double end as cost,
            -- What the latest release hid stays hidden while it is the same number.
            is_shown and (release <> 0 or h.key is null) as is_shown
          from numbered as n
          left join hidden_before as h on h.series = n.series and h.key = n.key and h.value = n.value
          where unit is not null and (release = 0 or is_shown)
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
