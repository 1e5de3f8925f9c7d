"""What of a person may leave the vault: the zone, and age bands.

Belongs here: turning addresses into zones and dates of birth into bands. Stays out: linking. No address, no date of
birth is written.
"""

from __future__ import annotations

from datetime import date

import duckdb

from dagster_project.contracts import Initiative


def load_postal_prefixes(connection: duckdb.DuckDBPyConnection, initiative: Initiative) -> None:
    """Table `postal_prefixes` (prefix, zone_id)."""
    prefixes = [(prefix.upper(), zone.zone_id) for zone in initiative.zones for prefix in zone.postal_prefixes]
    connection.execute("create table postal_prefixes (prefix varchar, zone_id varchar)")
    if prefixes:
        connection.executemany("insert into postal_prefixes values (?, ?)", prefixes)


def locate_persons(connection: duckdb.DuckDBPyConnection, initiative: Initiative) -> None:
    """Table `persons` (person_id_shared, zone_id, is_linkable): the zone is the latest that any agency knows."""
    load_postal_prefixes(connection, initiative)
    connection.execute("""
        create table persons as
        with located as (
          select c.person_id_shared, k._period_end, k._received_date, k._receipt_order, k._row_number,
            k.person_id_agency, k.is_linkable,
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
          bool_or(is_linkable) as is_linkable
        from located group by all
    """)


def band_ages(connection: duckdb.DuckDBPyConnection, initiative: Initiative, as_of: date) -> None:
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
