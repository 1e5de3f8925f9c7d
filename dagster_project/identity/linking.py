"""Identity from beginning to end: persons linked, families made, ids kept, and what may be known of them written.

Belongs here: the order of the steps and the files they leave in `data/identity/`. Stays out: each step's own rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from dagster_project.contracts import Expectations
from dagster_project.identity.attributes import band_ages, locate_persons
from dagster_project.identity.cleaning import clean_persons
from dagster_project.identity.clusters import LEVELS, cluster_persons
from dagster_project.identity.decisions import Answers, take_answers
from dagster_project.identity.families import make_families
from dagster_project.identity.homes import drop_family_identifiers, homes_hold_families, judge_homes
from dagster_project.identity.inspection import write_pages
from dagster_project.identity.journal import Journal
from dagster_project.identity.known import load_known
from dagster_project.identity.numbers import number_persons
from dagster_project.identity.review import ask
from dagster_project.identity.scoring import score_pairs
from dagster_project.identity.stable_ids import FAMILIES, LEDGER_COLUMNS, PERSONS, assign_ids
from dagster_project.identity.tokens import pair_by_tokens, token_key
from dagster_project.identity.training import model_for
from dagster_project.rooms import open_room
from dagster_project.settings import Settings
from dagster_project.whole_files import write_rows, written_whole

# Files in `data/identity/`, none of which holds a name or a date of birth:
#   person_crosswalk      agency_id, person_id_agency, person_id_shared
#   person_bands          agency_id, person_id_agency, person_id_strict, person_id_lenient
#   family_members        family_id_shared, person_id_shared, is_head: many to many
#   family_members_<b>    family_id_<b>, person_id_<b>, under strict and under lenient matching
#   persons               person_id_shared, zone_id, is_linkable
#   person_age_bands      person_id_shared, age_band, from_month, to_month: the band on the first of each month
#   enrolment_age_bands   agency_id, enrolment_id_agency, age_band: on the day of entry
OUTPUTS = (
    "person_crosswalk", "person_bands", "family_members", "family_members_strict", "family_members_lenient", "persons",
    "person_age_bands", "enrolment_age_bands", "ledger_events",
)  # fmt: skip


@dataclass(frozen=True)
class IdentityTally:
    """Counts: agencies' persons, shared persons, families, those not linked for want of consent, pairs that wait for
    the steward, those with tokens of another key than the rest, and what was read of the steward's answers."""

    agency_persons: int
    shared_persons: int
    families: int
    not_linkable: int
    to_review: int
    of_another_key: int
    answers: Answers


def link_persons(settings: Settings, expectations: Expectations, as_of: date) -> IdentityTally:
    """Write the files of `OUTPUTS`, the journal of ids, the ledger and the steward's workbook; return the counts."""
    settings.identity.mkdir(parents=True, exist_ok=True)
    with open_room(settings) as connection:
        load_known(connection, settings, expectations)
        number_persons(connection, settings, as_of)
        clean_persons(connection, settings.expectations / "nicknames.csv")
        judge_homes(connection)
        if homes_hold_families(connection):
            drop_family_identifiers(connection)
        trained = model_for(connection, settings, as_of)
        linker = score_pairs(connection, settings, trained)
        other_keys = pair_by_tokens(connection, homes_hold_families(connection), token_key())
        answers = take_answers(connection, settings, as_of)
        cluster_persons(connection)
        if settings.known_by is None:
            write_pages(connection, settings, linker)
        _name_persons(connection, settings, as_of)
        for level in LEVELS:
            make_families(connection, level, as_of)
        _name_families(connection, settings, as_of)
        locate_persons(connection, expectations.initiative)
        band_ages(connection, expectations.initiative, as_of)
        _copy_ledger(connection, settings)
        at_most = expectations.initiative.review_pairs
        to_review = ask(connection, settings, as_of, at_most, answers.workbook_hash)
        for name in OUTPUTS:
            write_rows(connection, f"from {name} order by all", settings.identity / f"{name}.parquet")
        row = connection.sql("""
            select (select count(*) from person_crosswalk), (select count(*) from persons),
              (select count(distinct family_id_shared) from family_members),
              (select count(*) from known_persons where not is_linkable)
        """).fetchone()
    assert row is not None
    persons, shared, families, not_linkable = (int(count) for count in row)
    return IdentityTally(persons, shared, families, not_linkable, to_review, other_keys, answers)


def _name_persons(connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: date) -> None:
    """Tables `person_crosswalk` and `person_bands`. The band's ids name clusters, and last for one build."""
    connection.execute("""
        create or replace table units as
        select n.agency_id || '|' || n.person_id_agency as unit, cast(c.chosen as varchar) as cluster,
          n.person_number as age, k.is_linkable as may_keep,
          case when not k.is_linkable then 'consent withdrawn'
            when n.person_number in (select unnest([person_number_l, person_number_r]) from decisions)
              then 'steward''s decision'
            else 'records changed' end as reason
        from person_numbers as n join person_clusters as c using (person_number)
        join known_persons as k using (agency_id, person_id_agency)
    """)
    assign_ids(connection, settings, PERSONS, as_of)
    connection.execute("""
        create table named_persons as
        select n.agency_id, n.person_id_agency, n.person_number, i.shared_id as person_id_shared
        from person_numbers as n join person_ids as i on i.unit = n.agency_id || '|' || n.person_id_agency;

        create table person_crosswalk as select agency_id, person_id_agency, person_id_shared from named_persons;

        create table person_bands as
        select n.agency_id, n.person_id_agency, 's_' || c.strict as person_id_strict,
          'l_' || c.lenient as person_id_lenient
        from person_numbers as n join person_clusters as c using (person_number);

        -- For families: each one's id under each threshold, and how early that person was first known.
        create table strict_persons as
        select person_number, 's_' || strict as person, strict as age from person_clusters;
        create table lenient_persons as
        select person_number, 'l_' || lenient as person, lenient as age from person_clusters;
        create table chosen_persons as
        select person_number, person_id_shared as person, min(person_number) over (partition by person_id_shared) as age
        from named_persons
    """)


def _name_families(connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: date) -> None:
    """Tables `family_members` and, for the band, `family_members_strict` and `family_members_lenient`."""
    connection.execute("""
        create or replace table units as
        with units_of_families as (
          select unit, cluster, min(age) as age from chosen_families group by all
          union
          -- A head keeps the family's id when an agency numbers its households anew, or begins to.
          select 'p|' || arg_min(person, age) as unit, cluster, min(age) as age
          from chosen_families where is_head group by all
          union
          -- A family held together by the fallback keeps it while any of its members is told of.
          select 'k|' || person as unit, cluster, min(age) as age
          from chosen_families where starts_with(unit, 'k|') group by all
        )
        select unit, min(cluster) as cluster, min(age) as age, true as may_keep, 'records changed' as reason
        from units_of_families group by unit
    """)
    assign_ids(connection, settings, FAMILIES, as_of)
    connection.execute("""
        create table family_members as
        select i.shared_id as family_id_shared, f.person as person_id_shared, bool_or(f.is_head) as is_head
        from chosen_families as f join family_ids as i using (unit)
        group by all
    """)
    for band in ("strict", "lenient"):
        connection.execute(f"""
            create table family_members_{band} as
            select distinct cluster as family_id_{band}, person as person_id_{band} from {band}_families
        """)


def _copy_ledger(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """`stewardship/ledger.csv`: the journal's merges and splits, to be read by a person, the latest first."""
    parts = []
    for sort in (PERSONS, FAMILIES):
        Journal(settings, f"{sort.name}_ledger", LEDGER_COLUMNS, dated="as_of").load(connection, f"{sort.name}_events")
        parts.append(f"select '{sort.name}' as of_what, * from {sort.name}_events")
    ledger = connection.sql(f"""
        select event_id, as_of, of_what, kind, old_id, new_id, reason, array_to_string(moved, '; ') as moved,
          array_to_string(others, '; ') as others
        from ({" union all ".join(parts)}) order by as_of desc, _segment desc, of_what, event_id
    """)
    if settings.known_by is None:
        with written_whole(settings.stewardship / "ledger.csv") as temporary:
            ledger.write_csv(str(temporary))
    connection.execute(f"""
        create table ledger_events as select count(*) as events_count from ({" union all ".join(parts)})
    """)
