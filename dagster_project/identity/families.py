"""Families: households of different agencies that are one family.

Belongs here: the one rule of what a family is. Stays out: who is the same person (clusters), and the ids (stable_ids).

The rule. A *household* is what an agency numbers as one. Households are one family when
1. they share the head, or
2. they share two persons of whom one is an adult.
A child of separated parents is then in two families: alone it never joins them.

The fallback, for those whom no agency gives a household: together are those who name one parent and share a postal
code, street or telephone with each other; who share a telephone; or who share the whole address and the last name. The
parent named, or whoever has that telephone or that address and name, brings the household it heads. A telephone or
address of more than a dozen persons is an institution's and joins nobody. All others are families alone.
"""

from __future__ import annotations

from datetime import date

import duckdb
from splink.backends.duckdb import DuckDBAPI
from splink.clustering import cluster_pairwise_predictions_at_threshold

ADULT_AGE = 18
AN_INSTITUTION = 12

_WORK_TABLES = ("living_together", "adults", "same_family", "all_units", "ends", "joined_households")


def make_families(connection: duckdb.DuckDBPyConnection, level: str, as_of: date) -> None:
    """Table `<level>_families` (unit, cluster, person, age, is_head): the families under one of the thresholds.

    A unit is 'h|agency|household', 'k|person' (held together by the fallback) or 'p|person' (alone); each has one head
    at most, and `age` is that of the person. Needs `<level>_persons` (person_number, person, age), `person_numbers`,
    `stated_households`, `clean_persons`, `named_parents` and `known_persons`.
    """
    connection.execute(f"""
        create table living_together as
        select 'h|' || s.agency_id || '|' || s.household_id_agency as unit, p.person, p.age,
          bool_or(s.is_head) as is_head
        from stated_households as s
        join person_numbers as n using (agency_id, person_id_agency) join {level}_persons as p using (person_number)
        group by all;

        create table adults as
        select distinct p.person
        from known_persons as k join person_numbers as n using (agency_id, person_id_agency)
        join {level}_persons as p using (person_number)
        where coalesce(k.relationship_to_head, '') in ('head', 'spouse_or_partner')
          -- A child of the household stays one at eighteen.
          or (k.birth_date <= date '{as_of}' - interval {ADULT_AGE} year
            and coalesce(k.relationship_to_head, '') <> 'child')
    """)
    _add_fallback(connection, level)
    connection.execute("""
        create table same_family as
        select a.unit as unit_l, b.unit as unit_r
        from living_together as a join living_together as b on a.person = b.person and a.unit < b.unit
        left join adults on adults.person = a.person
        group by all
        having bool_or(a.is_head and b.is_head) or (count(*) > 1 and bool_or(adults.person is not null))
          or (starts_with(a.unit, 'k|') and starts_with(b.unit, 'k|'));

        create table all_units as select distinct unit from living_together;
        create table ends as select distinct unnest([unit_l, unit_r]) as unit from same_family
    """)
    _join_households(connection)
    connection.execute(f"""
        create table {level}_families as
        select h.unit, h.cluster, t.person, t.age,
          -- Two heads of one household are one: whoever was known first; so it is where the fallback finds none.
          t.age = coalesce(min(t.age) filter (t.is_head) over (partition by h.unit),
            case when starts_with(h.unit, 'k|') then min(t.age) over (partition by h.unit) end, -1) as is_head
        from joined_households as h join living_together as t using (unit)
        union all
        select 'p|' || person as unit, 'p|' || person as cluster, person, any_value(age) as age, true as is_head
        from {level}_persons anti join living_together using (person) group by person
    """)
    for table in _WORK_TABLES:
        connection.execute(f"drop table {table}")


def _add_fallback(connection: duckdb.DuckDBPyConnection, level: str) -> None:
    """Add to `living_together` those without a household, with the heads who bring one.

    Keys are hashes: long texts of everybody's home and name would cost most of the time.
    """
    connection.execute(f"""
        create temp table told as
        with placed as (select person, bool_or(is_head) as is_head from living_together group by person)
        select c.person, c.age, p.given, p.family, p.phone, p.postal, p.street, p.house,
          parent.given as parent_given, parent.family as parent_family,
          placed.person is null as is_homeless, coalesce(placed.is_head, false) as is_head
        from clean_persons as p join {level}_persons as c using (person_number)
        left join named_parents as parent using (person_number)
        left join placed using (person)
        where placed.person is null or placed.is_head;

        create temp table held_by as
        with held as (
          select hash('parent', parent_given, parent_family, near) as key, person, age, is_homeless, false as is_head
          from (select *, unnest([postal, street, phone]) as near from told where parent_given is not null)
          where near is not null
          union all
          select hash('parent', given, family, near), person, age, is_homeless, is_head
          from (
            select told.*, unnest([postal, street, phone]) as near
            from told semi join named_parents as n on n.given = told.given and n.family = told.family
          ) where near is not null
          union all
          select hash('phone', phone), person, age, is_homeless, is_head from told where phone is not null
          union all
          select hash('address', street, coalesce(house, ''), postal, family), person, age, is_homeless, is_head
          from told where street is not null and postal is not null and family is not null
        )
        select key, person, age, bool_or(is_homeless) as is_homeless, bool_or(is_head) as is_head
        from held group by all;

        insert into living_together
        with useful as (
          select key, arg_min(person, age) filter (is_homeless) as named_by from held_by group by key
          having count(*) > 1 and count(*) <= {AN_INSTITUTION} and bool_or(is_homeless)
        )
        select 'k|' || named_by as unit, person, age, bool_or(is_head) as is_head
        from held_by join useful using (key) group by all;
        drop table told; drop table held_by
    """)


def _join_households(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `joined_households` (unit, cluster): households connected by `same_family`."""
    api = DuckDBAPI(connection=connection)
    clustered = cluster_pairwise_predictions_at_threshold(
        api.register("ends"), api.register("same_family"), api, "unit"
    )
    connection.execute(f"""
        create table joined_households as
        select a.unit, min(a.unit) over (partition by coalesce(c.cluster_id, a.unit)) as cluster
        from all_units as a left join {clustered.physical_name} as c using (unit)
    """)
