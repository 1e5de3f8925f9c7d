"""Homes: whether the persons told of share homes with others, and what a family does to identifiers.

Belongs here: judging all the data at once, before pairs are compared. Stays out: the rules that follow (model).
"""

from __future__ import annotations

import duckdb

# An extract that lists whole families has many homes with several persons in them.
HOMES_TO_JUDGE_BY = 300
HOMES_SAMPLED = 50_000
SHARE_OF_FAMILY_HOMES = 0.05
GENERATION_YEARS = 14


def judge_homes(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `homes_hold_families` (is_so), one row: whether several persons of one home are told of.

    So it is in any extract on families. A registry of single persons has hardly any home with two: there, two records
    of one home that differ in a name are far more often one person written down twice. In doubt, and with little data,
    homes hold families.
    """
    row = connection.sql(f"""
        with sample as (
          select * from clean_persons where street is not null
            and hash(street, house) % (1 + (select count(*) from clean_persons) // {HOMES_SAMPLED}) = 0
        ),
        families as (
          select distinct l.street, l.house
          from sample as l join sample as r on l.street = r.street and l.house is not distinct from r.house
          where jaro_winkler_similarity(l.given, r.given) < 0.75 and damerau_levenshtein(l.born, r.born) > 2
        )
        select (select count(*) from families), (select count(distinct (street, house)) from sample),
          (select count(*) from clean_persons where housemates is not null)
    """).fetchone()
    assert row is not None
    shared, homes, with_housemates = row
    is_so = bool(homes < HOMES_TO_JUDGE_BY or with_housemates or shared > homes * SHARE_OF_FAMILY_HOMES)
    connection.execute("create table homes_hold_families as select ? as is_so", [is_so])


def homes_hold_families(connection: duckdb.DuckDBPyConnection) -> bool:
    """What `judge_homes` found."""
    row = connection.sql("from homes_hold_families").fetchone()
    return bool(row and row[0])


def drop_family_identifiers(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget a number of `clean_persons` that one agency gives to two first names or to two generations.

    A mother's number is often written for her children, a father's for his son of the same name.
    """
    for name in ("national_number", "health_number", "school_number"):
        connection.execute(f"""
            update clean_persons set {name} = null where {name} in (
              select l.{name} from clean_persons as l join clean_persons as r using ({name})
              join person_numbers as a on a.person_number = l.person_number
              join person_numbers as b on b.person_number = r.person_number and b.agency_id = a.agency_id
              where l.person_number < r.person_number and (
                (jaro_winkler_similarity(l.given, r.given) < 0.75 and not list_has_any(l.given_forms, r.given_forms))
                or abs(try_cast(l.born[1:4] as integer) - try_cast(r.born[1:4] as integer)) >= {GENERATION_YEARS}))
        """)
