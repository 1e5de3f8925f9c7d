"""Who is really who: for tests of identity, never written to a file.

Belongs here: the link from each agency's person number to the true person and family.
"""

from __future__ import annotations

import pandas as pd

from dagster_project.demonstration.agencies import (
    child_protection,
    health_centre,
    housing_agency,
    police_victim_support,
    post_adoption,
    school_board,
)
from dagster_project.demonstration.bookkeeping import build_books
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.writing import DEFAULT_SEED

PERSON_NUMBERS = {
    "school_board": school_board.fiche,
    "child_protection": child_protection.client,
    "health_centre": health_centre.client,
    "post_adoption": post_adoption.person,
    "housing_agency": housing_agency.personal_id,
    "police_victim_support": police_victim_support.file_number,
}


def true_persons(scale: int = 1, seed: int = DEFAULT_SEED) -> pd.DataFrame:
    """One row per agency's record of a person.

    Columns: agency_id, person_id_agency, true_person, true_family, and the names and birth date as the agency wrote
    them. The family centre gives persons no number: there person_id_agency is null, and a number can be derived from
    last_name, first_name and birth_date as intake does it. A child of separated parents has two families.
    """
    rows = [
        (
            record.agency_id, person_number(record), record.person.number, record.family.number, record.last_name,
            record.first_name, record.birth_date,
        )
        for book in build_books(scale, seed).values()
        for record in book.records
    ]  # fmt: skip
    columns = [
        "agency_id", "person_id_agency", "true_person", "true_family", "last_name", "first_name", "birth_date",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def person_number(record: Record) -> str | None:
    """The number under which the agency's files name a person."""
    number_of = PERSON_NUMBERS.get(record.agency_id)
    return number_of(record) if number_of else None
