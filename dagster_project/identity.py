"""Identity: the same person at two agencies gets one shared id; persons served together are one family.

Belongs here: linking, clustering, families, and what of a person may leave the vault (zone, age band). Stays out:
reading files and counting anything. Works on `vault/persons.parquet`; writes no name and no date of birth elsewhere.

First form of the policy: two persons are one when their normalised first and last names, date of birth and sex are all
known and equal. A family is the households of one shared head; a household without a head is a family of its own; a
person in no household is a family alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.contracts import Initiative
from dagster_project.settings import Settings


OUTPUTS = (
    "person_crosswalk",
    "person_bands",
    "family_members",
    "family_members_strict",
    "family_members_lenient",
    "persons",
    "person_age_bands",
    "enrolment_age_bands",
)


@dataclass(frozen=True)
class IdentityTally:
    agency_persons: int
    shared_persons: int
    families: int


def link_persons(settings: Settings, initiative: Initiative, as_of: date) -> IdentityTally:
    """Write the crosswalk, the families and what may be known of persons; return the counts.

    Files in `data/identity/`: `person_crosswalk` (agency_id, person_id_agency, person_id_shared), `family_members`
    (family_id_shared, person_id_shared, is_head), `persons` (person_id_shared, zone_id), `person_age_bands`
    (person_id_shared, age_band, from_month, to_month: the band on the first of each month) and `enrolment_age_bands`
    (agency_id, enrolment_id_agency, age_band: on the day of entry).
    """
    settings.identity.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        _load_persons(connection, settings)
        _load_enrolments(connection, settings)
        _link(connection)
        _make_families(connection)
        _locate(connection, initiative)
        _band_ages(connection, initiative, as_of)
        _band(connection)
        for name in OUTPUTS:
            _write(connection, name, settings.identity / f"{name}.parquet")
        row = connection.sql("""
            select (select count(*) from person_crosswalk), (select count(*) from persons),
                   (select count(distinct family_id_shared) from family_members)
        """).fetchone()
    assert row is not None
    return IdentityTally(*(int(count) for count in row))


def _load_persons(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Table `known_persons`: the latest row of each agency's person, with `first_period` for a stable founder."""
    connection.execute(f"""
        create table known_persons as
        select *, min(_period_start) over (partition by _agency_id, person_id_agency) as first_period,
          {_plain("first_name")} as plain_first_name,
          {_plain("last_name")} as plain_last_name,
        from read_parquet('{settings.vault_persons}')
        qualify row_number() over (
          partition by _agency_id, person_id_agency
          order by _period_end desc, _received_date desc, _receipt_order desc, _row_number desc) = 1
    """)


def _plain(name: str) -> str:
    """SQL of a name without case, accents, ligatures, and all that is no letter of any script."""
    plain = f"replace(replace(lower(strip_accents({name})), 'œ', 'oe'), 'æ', 'ae')"
    return f"regexp_replace({plain}, '[^\\p{{L}}]', '', 'g')"


def _load_enrolments(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Table `latest_enrolments`: a corrected household or day of entry replaces the one told before."""
    connection.execute(f"""
        create table latest_enrolments as
        select _agency_id as agency_id, enrolment_id_agency, person_id_agency, entry_date, household_id_agency,
          relationship_to_head
        from read_parquet('{settings.accepted / "enrolments.parquet"}')
        qualify row_number() over (
          partition by _agency_id, enrolment_id_agency
          order by _period_end desc, _received_date desc, _receipt_order desc, _row_number desc) = 1
    """)


def _link(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `person_crosswalk`. The shared id comes from the member first known: newcomers do not change it."""
    connection.execute("""
        create table person_crosswalk as
        with keyed as (
          select _agency_id as agency_id, person_id_agency, first_period,
            case when plain_first_name <> '' and plain_last_name <> '' and birth_date is not null
                  and sex in ('female', 'male', 'other')
                  and coalesce(birth_date_quality, 'full') not in ('unknown', 'refused')
              then concat_ws('|', plain_first_name, plain_last_name, birth_date, sex)
              else 'alone|' || _agency_id || '|' || person_id_agency end as link_key
          from known_persons
        )
        select agency_id, person_id_agency,
          'p_' || left(sha256(first_value(agency_id || '|' || person_id_agency) over (
            partition by link_key order by first_period, agency_id, person_id_agency)), 16) as person_id_shared
        from keyed
    """)


def _make_families(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `family_members`, many to many: a child may live in two households."""
    connection.execute("""
        create table household_members as
        with stated as (
          select _agency_id as agency_id, person_id_agency, household_id_agency, relationship_to_head
          from known_persons where household_id_agency is not null
          union
          select agency_id, person_id_agency, household_id_agency, relationship_to_head
          from latest_enrolments where household_id_agency is not null
        )
        select s.agency_id, s.household_id_agency, c.person_id_shared,
          bool_or(coalesce(s.relationship_to_head, '') = 'head') as is_head
        from stated as s join person_crosswalk as c using (agency_id, person_id_agency)
        group by all;

        create table family_members as
        with heads as (
          select agency_id, household_id_agency, min(person_id_shared) as head_id
          from household_members where is_head group by all
        ),
        in_households as (
          select 'f_' || left(sha256(coalesce(h.head_id, m.agency_id || '|' || m.household_id_agency)), 16)
              as family_id_shared,
            m.person_id_shared, coalesce(m.person_id_shared = h.head_id, false) as is_head
          from household_members as m left join heads as h using (agency_id, household_id_agency)
        ),
        alone as (
          select distinct 'f_' || left(sha256(person_id_shared), 16) as family_id_shared, person_id_shared,
            true as is_head
          from person_crosswalk
          where person_id_shared not in (select person_id_shared from in_households)
        )
        select family_id_shared, person_id_shared, bool_or(is_head) as is_head
        from (select * from in_households union all select * from alone)
        group by all
    """)


def _locate(connection: duckdb.DuckDBPyConnection, initiative: Initiative) -> None:
    """Table `persons`: the zone of the latest address that any agency knows; the address itself stays here."""
    prefixes = [(prefix.upper(), zone.zone_id) for zone in initiative.zones for prefix in zone.postal_prefixes]
    connection.execute("create table postal_prefixes (prefix varchar, zone_id varchar)")
    if prefixes:
        connection.executemany("insert into postal_prefixes values (?, ?)", prefixes)
    connection.execute("""
        create table persons as
        with located as (
          select c.person_id_shared, k._period_end, k._received_date, k._receipt_order, k._row_number,
            k.person_id_agency,
            coalesce(length(p.prefix), 0) as prefix_length,
            coalesce(nullif(k.zone_code, 'unmapped'), p.zone_id) as zone_id
          from known_persons as k
          join person_crosswalk as c on c.agency_id = k._agency_id and c.person_id_agency = k.person_id_agency
          left join postal_prefixes as p
            on starts_with(upper(regexp_replace(k.postal_code, '[^A-Za-z0-9]', '', 'g')), p.prefix)
        )
        select person_id_shared, coalesce(
          -- Two numbers of one person may come in one file: no tie is left to chance.
          arg_max(zone_id, (_period_end, _received_date, _receipt_order, _row_number, person_id_agency, prefix_length))
            filter (zone_id is not null),
          'unknown') as zone_id,
          true as is_linkable
        from located group by all
    """)


def _band_ages(connection: duckdb.DuckDBPyConnection, initiative: Initiative, as_of: date) -> None:
    """Tables `person_age_bands` and `enrolment_age_bands`: ages leave the vault as bands, never as a date of birth."""
    connection.execute("create table age_bands (code varchar, from_age integer)")
    connection.executemany(
        "insert into age_bands values (?, ?)", [(band.code, band.from_age) for band in initiative.age_bands]
    )
    connection.execute("""
        create table born as
        select c.person_id_shared, max_by(k.birth_date,
          (k._period_end, k._received_date, k._receipt_order, k._row_number, k.person_id_agency)) as birth_date
        from known_persons as k
        join person_crosswalk as c on c.agency_id = k._agency_id and c.person_id_agency = k.person_id_agency
        where k.birth_date is not null and coalesce(k.birth_date_quality, 'full') not in ('unknown', 'refused')
        group by all;
    """)
    connection.execute(f"""
        create table person_age_bands as
        with turning as (
          select b.person_id_shared, a.code as age_band, a.from_age,
            b.birth_date + to_years(a.from_age) as turned
          from born as b cross join age_bands as a
        ),
        -- In a band from the first of the month on or after the birthday that starts it.
        starting as (
          select person_id_shared, age_band, from_age,
            case
              -- Before the birthday too: a child born within an interval belongs to the youngest.
              when from_age = min(from_age) over (partition by person_id_shared) then date '1900-01-01'
              when turned = date_trunc('month', turned) then turned
              else date_trunc('month', turned) + interval 1 month end as from_month
          from turning
        )
        select person_id_shared, age_band,
          cast(greatest(from_month, date '{initiative.first_month}') as date) as from_month,
          cast(coalesce(lead(from_month) over (partition by person_id_shared order by from_age), date '9999-12-01')
            as date) as to_month
        from starting
        qualify to_month > date '{initiative.first_month}' and from_month <= date '{as_of}'
    """)
    connection.execute("""
        create table enrolment_age_bands as
        select l.agency_id, l.enrolment_id_agency, max_by(a.code, a.from_age) as age_band
        from latest_enrolments as l
        join person_crosswalk as c using (agency_id, person_id_agency)
        join born as b using (person_id_shared)
        join age_bands as a on a.from_age <= date_sub('year', b.birth_date, l.entry_date)
        group by all
    """)


def _band(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("""
        create table person_bands as
        select agency_id, person_id_agency, person_id_shared as person_id_strict, person_id_shared as person_id_lenient
        from person_crosswalk;
        create table family_members_strict as
        select family_id_shared as family_id_strict, person_id_shared as person_id_strict from family_members;
        create table family_members_lenient as
        select family_id_shared as family_id_lenient, person_id_shared as person_id_lenient from family_members;
    """)


def _write(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    temporary = path.with_name(f".{path.name}")
    connection.execute(f"copy (from {table} order by all) to '{temporary}' (format parquet, compression zstd)")
    temporary.replace(path)
