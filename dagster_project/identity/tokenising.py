"""Tokenising at an agency: the persons of one file, from rows to tokens.

Belongs here: what `pseudonymise` needs of identity. Stays out: reading and writing files.
"""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from dagster_project.contracts import Expectations
from dagster_project.identity.attributes import load_postal_prefixes
from dagster_project.identity.cleaning import clean_persons
from dagster_project.identity.known import load_known
from dagster_project.identity.numbers import number_persons
from dagster_project.identity.tokens import key_mark, make_tokens
from dagster_project.settings import Settings


def tokenise_persons(
    connection: duckdb.DuckDBPyConnection, settings: Settings, expectations: Expectations, key: bytes
) -> None:
    """Table `person_tokens` (person_id_agency, link_tokens, zone_id) for the accepted persons below `settings`.

    A person who may not be linked has no tokens; the zone is that of the postal code.
    """
    load_known(connection, settings, expectations)
    number_persons(connection, settings, datetime.now(UTC).date())
    clean_persons(connection, settings.expectations / "nicknames.csv")
    make_tokens(connection, key)
    load_postal_prefixes(connection, expectations.initiative)
    connection.execute(f"""
        create table person_tokens as
        with joined_tokens as (
          select person_number, '{key_mark(key)} ' || string_agg(token, ' ' order by token) as link_tokens
          from made_tokens group by all
        )
        select k.person_id_agency, any_value(t.link_tokens) as link_tokens,
          arg_max(p.zone_id, length(p.prefix)) as zone_id
        from known_persons as k
        join person_numbers as n using (agency_id, person_id_agency)
        left join joined_tokens as t using (person_number)
        left join postal_prefixes as p
          on starts_with(upper(regexp_replace(k.postal_code, '[^A-Za-z0-9]', '', 'g')), p.prefix)
        group by all
    """)
