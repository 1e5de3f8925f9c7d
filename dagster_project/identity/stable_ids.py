"""Stable ids: the same persons and families keep their shared ids from build to build.

Belongs here: which id a cluster bears, and the ledger of merges and splits. Stays out: why records are in one cluster.
The rule is one for persons and families; a *unit* is what a cluster is made of: a person's number, or a household.

An id goes to the cluster that holds most of those who bore it, but first to one that may be linked, and last to one
that can take back an id of its own; a cluster with several takes the oldest, and what it leaves goes to the next. What
is left without an id takes back one that its own members once gave rise to (a split undoes a merge), or gets a new one,
made from its oldest unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from dagster_project.identity.journal import Journal
from dagster_project.settings import Settings

ID_COLUMNS = "unit varchar, shared_id varchar, made_from varchar, made_order bigint, as_of date"
LEDGER_COLUMNS = (
    "event_id varchar, as_of date, kind varchar, old_id varchar, new_id varchar, moved varchar[], others varchar[],"
    " reason varchar"
)


_WORK_TABLES = (
    "all_ids", "previous_ids", "known_ids", "claims", "restorable", "kept_ids", "kept_now", "taken_back", "given_ids",
    "new_ids",
)  # fmt: skip


@dataclass(frozen=True)
class Sort:
    """Persons or families: `name` is the journal's folder, `prefix` starts the ids."""

    name: str
    prefix: str


PERSONS = Sort("person_ids", "p_")
FAMILIES = Sort("family_ids", "f_")


def assign_ids(connection: duckdb.DuckDBPyConnection, settings: Settings, sort: Sort, as_of: date) -> None:
    """Table `<name>` (unit, shared_id) for the units of table `units`; writes the journal and the ledger.

    Needs `units` (unit varchar, cluster varchar, age bigint, may_keep boolean, reason varchar): `age` orders units from
    the first known; a unit with `may_keep` false (who withdrew from linking) leaves a contested id to the others;
    `reason` is what the ledger says should the unit's id change.
    """
    journal = Journal(settings, sort.name, ID_COLUMNS, dated="as_of")
    journal.load(connection, "all_ids")
    connection.execute("""
        create table previous_ids as
        select unit, shared_id from all_ids
        qualify row_number() over (partition by unit order by _segment desc, shared_id) = 1;

        create table known_ids as
        select shared_id, any_value(made_from) as made_from, min(made_order) as made_order from all_ids group by all;

        create table claims as
        select p.shared_id, u.cluster, k.made_order, bool_or(u.may_keep) as may_keep, count(*) as holders,
          min(u.age) as oldest
        from units as u join previous_ids as p using (unit) join known_ids as k using (shared_id)
        group by all;

        -- Clusters that made an id which nobody claims: they can take it back.
        create table restorable as
        select distinct u.cluster from units as u join known_ids as k on k.made_from = u.unit
        anti join claims on claims.shared_id = k.shared_id;

        create table kept_ids (cluster varchar, shared_id varchar)
    """)
    while _keep_more(connection):
        pass
    connection.execute(f"""
        create table taken_back as
        with candidates as (
          select u.cluster, k.shared_id, k.made_order
          from units as u join known_ids as k on k.made_from = u.unit
          where u.cluster not in (select cluster from kept_ids) and u.may_keep
            and k.shared_id not in (select shared_id from kept_ids)
        )
        select cluster, shared_id from candidates
        qualify row_number() over (partition by cluster order by made_order, shared_id) = 1;

        create table given_ids as
        from kept_ids union all from taken_back;

        create table new_ids as
        with founders as (
          select cluster, unit, age from units anti join given_ids using (cluster)
          qualify row_number() over (partition by cluster order by age, unit) = 1
        ),
        made_before as (select made_from as unit, count(*) as times from known_ids group by all)
        select f.cluster, f.unit as made_from,
          '{sort.prefix}' || left(sha256(concat_ws('|', f.unit, m.times)), 16) as shared_id,
          (select coalesce(max(made_order), 0) from known_ids) + row_number() over (order by f.age, f.unit)
            as made_order
        from founders as f left join made_before as m using (unit);

        create table {sort.name} as
        select u.unit, coalesce(g.shared_id, n.shared_id) as shared_id
        from units as u left join given_ids as g using (cluster) left join new_ids as n using (cluster)
    """)
    _write_ledger(connection, settings, sort, as_of)
    journal.add(
        connection,
        f"""
        select i.unit, i.shared_id, coalesce(n.made_from, k.made_from) as made_from,
          coalesce(n.made_order, k.made_order) as made_order, date '{as_of}' as as_of
        from {sort.name} as i
        left join previous_ids as p using (unit)
        left join new_ids as n on n.shared_id = i.shared_id
        left join known_ids as k on k.shared_id = i.shared_id
        where p.shared_id is distinct from i.shared_id
        order by i.unit
        """,
    )
    for table in _WORK_TABLES:
        connection.execute(f"drop table {table}")


def _keep_more(connection: duckdb.DuckDBPyConnection) -> bool:
    """Give each id that is still free to one cluster that is still without; whether any was given."""
    connection.execute("""
        create or replace temp table kept_now as
        with open_claims as (
          select c.*, r.cluster is not null as can_take_back
          from claims as c left join restorable as r using (cluster)
          where c.cluster not in (select cluster from kept_ids) and c.shared_id not in (select shared_id from kept_ids)
        ),
        to_one_cluster as (
          select * from open_claims qualify row_number() over (
            partition by shared_id order by may_keep desc, can_take_back, holders desc, oldest) = 1
        )
        select cluster, shared_id from to_one_cluster
        qualify row_number() over (partition by cluster order by made_order, shared_id) = 1;
        insert into kept_ids from kept_now
    """)
    row = connection.sql("select count(*) from kept_now").fetchone()
    return bool(row and row[0])


def _write_ledger(connection: duckdb.DuckDBPyConnection, settings: Settings, sort: Sort, as_of: date) -> None:
    """A row for each move of units from one id to another: a merge when nobody bears the old id any more, else a split.

    `moved` are the units that changed their id; `others` those they were joined with, or parted from.
    """
    Journal(settings, f"{sort.name}_ledger", LEDGER_COLUMNS, dated="as_of").add(
        connection,
        f"""
        with moves as (
          select p.shared_id as old_id, i.shared_id as new_id, list(i.unit order by i.unit) as moved,
            max(u.reason) as reason
          from {sort.name} as i join previous_ids as p using (unit) join units as u using (unit)
          where p.shared_id <> i.shared_id group by all
        ),
        stayed as (
          select i.shared_id, list(i.unit order by i.unit) as units
          from {sort.name} as i join previous_ids as p using (unit) where p.shared_id = i.shared_id group by all
        )
        select left(md5(concat_ws('|', '{as_of}', m.old_id, m.new_id)), 10) as event_id, date '{as_of}' as as_of,
          case when o.shared_id is null then 'merge' else 'split' end as kind, m.old_id, m.new_id, m.moved,
          coalesce(o.units, n.units, []) as others, m.reason
        from moves as m
        left join stayed as o on o.shared_id = m.old_id left join stayed as n on n.shared_id = m.new_id
        order by m.old_id, m.new_id
        """,
    )
