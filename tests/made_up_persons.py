"""So many made-up persons, a sixth of them duplicates, as the vault would hold them: for `make bench-identity`.

Belongs here: writing `vault/persons.parquet` at scale, in SQL. Stays out: timing. Names are those of the package Faker;
homes hold two or three persons; a duplicate has moved, married or been written down with a slip about as often as in
real files.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

NULLS = (
    "_written_birth_date", "email", "zone_code", "household_id_agency", "relationship_to_head", "parent_first_name",
    "parent_last_name", "consent_to_link", "national_number", "health_number", "school_number", "link_tokens",
)  # fmt: skip


def write_persons(data: Path, persons: int, newcomers: int = 0) -> None:
    """Write the vault and empty enrolments below `data`; `newcomers` more come with the second month."""
    from faker.providers.person.en_US import Provider as English
    from faker.providers.person.fr_CA import Provider as French

    with duckdb.connect() as connection:
        for table, names in (
            ("givens", [*French.first_names, *English.first_names]),
            ("families", [*French.last_names, *English.last_names]),
        ):
            unique = list(dict.fromkeys(names))
            connection.register("names", pa.table({"n": range(len(unique)), "name": unique}))
            connection.execute(f"create table {table} as from names")
        connection.execute(_persons_sql(persons, newcomers))
        for folder in ("vault", "accepted"):
            (data / folder).mkdir(parents=True, exist_ok=True)
        connection.execute(f"copy (from written order by _row_number) to '{data}/vault/persons.parquet'")
        connection.execute(f"""
            copy (
              select ''::varchar as _agency_id, ''::varchar as enrolment_id_agency, ''::varchar as person_id_agency,
                null::date as entry_date, null::date as exit_date, null::varchar as household_id_agency,
                null::varchar as relationship_to_head, null::date as _period_end, null::date as _received_date,
                0::bigint as _receipt_order, 0::bigint as _row_number where false
            ) to '{data}/accepted/enrolments.parquet'
        """)


def _persons_sql(persons: int, newcomers: int) -> str:
    total = persons + newcomers
    originals = persons * 5 // 6
    nulls = ", ".join(f"null::varchar as {name}" for name in NULLS)

    def share(seed: str, power: float, table: str) -> str:
        """A name's number: few names are borne by many."""
        return (
            f"cast(power(hash(i, '{seed}') / 18446744073709551616.0, {power}) * (select count(*) from {table}) as int)"
        )

    return f"""
        create table homes as
        select i as home, {share("family", 1.6, "families")} as family, (hash(i, 'street') % 4000)::int as street,
          1 + (hash(i, 'house') % 300)::int as house, (hash(i, 'area') % 25000)::int as area,
          lpad((hash(i, 'phone') % 10000000)::varchar, 7, '0') as phone, (hash(i, 'city') % 60)::int as city
        from range(0, {total}) as t(i);

        create table people as
        select i as person, (i * 2) // 5 as home, {share("given", 1.4, "givens")} as given,
          date '1940-01-01' + (hash(i, 'born') % 30000)::int as born,
          case when hash(i, 'sex') % 2 = 0 then 'female' else 'male' end as sex
        from range(0, {total}) as t(i);

        create table records as
        select 'first_' || (hash(person, 'agency') % 8) as agency, 'o' || person as number, p.*, person as rank,
          null::integer as slip
        from people as p where person < {originals} or person >= {persons}
        union all
        select 'second_' || (hash(i, 'agency') % 4), 'd' || i, p.*, i as rank, (hash(i, 'slip') % 100)::integer as slip
        from range({originals}, {persons}) as t(i) join people as p on p.person = hash(i, 'of') % {originals};

        create table written as
        select r.agency as _agency_id, r.number as person_id_agency,
          case when slip < 4 then g.name[1:1] || g.name[3:] when slip < 6 then f.name else g.name end as first_name,
          case when slip between 4 and 5 then g.name when slip between 6 and 9 then f.name[1:2] || f.name[4:]
            when slip between 10 and 12 and sex = 'female' then other.name else f.name end as last_name,
          case when slip between 13 and 15 then born + 1 when slip = 16 then null
            when slip between 17 and 18 and day(born) <= 12 then make_date(year(born), day(born), month(born))
            else born end as birth_date,
          'full' as birth_date_quality, sex,
          'G' || (area // 2500) || chr(65 + (area // 100) % 25) || (area // 10) % 10 || chr(65 + area % 20) || area % 10
            as postal_code,
          case when slip is null or slip < 80 then '418' || h.phone end as phone,
          house || ' rue ' || streets.name || ' ' || street // 1000 as address, 'Ville ' || city as city,
          {nulls}, 's' as _submission_id,
          case when rank < {persons} then date '2026-01-01' else date '2026-02-01' end as _period_start,
          case when rank < {persons} then date '2026-01-31' else date '2026-02-28' end as _period_end,
          date '2026-03-05' as _received_date, 1::bigint as _receipt_order,
          row_number() over (order by rank)::bigint as _row_number, person as true_person
        from records as r join homes as h using (home)
        join givens as g on g.n = given join families as f on f.n = h.family
        join families as streets on streets.n = street % (select count(*) from families)
        join families as other on other.n = (h.family + 7) % (select count(*) from families)
    """
