"""Numbers of persons: each agency's person keeps one small number for ever, in the order in which they were first told
of.

Belongs here: giving numbers. Stays out: who is the same person (numbers say nothing of that).
"""

from __future__ import annotations

from datetime import date

import duckdb

from dagster_project.identity.journal import Journal
from dagster_project.settings import Settings

COLUMNS = "agency_id varchar, person_id_agency varchar, person_number bigint, as_of date"


def number_persons(connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: date) -> None:
    """Table `person_numbers` (agency_id, person_id_agency, person_number) for every person of `known_persons`.

    Newcomers are numbered after all others, by first period, agency and their number there: never by the order of
    files.
    """
    journal = Journal(settings, "person_numbers", COLUMNS, dated="as_of")
    journal.load(connection, "numbered")
    journal.add(
        connection,
        f"""
        select agency_id, person_id_agency, date '{as_of}' as as_of,
          (select coalesce(max(person_number), 0) from numbered)
            + row_number() over (order by first_period, agency_id, person_id_agency) as person_number
        from known_persons anti join numbered using (agency_id, person_id_agency)
        order by person_number
        """,
    )
    connection.execute("drop table numbered")
    journal.load(connection, "numbered")
    connection.execute("""
        create table person_numbers as
        select agency_id, person_id_agency, person_number from numbered
        semi join known_persons using (agency_id, person_id_agency)
    """)
