"""Who is really who: for tests of identity, never written to a file.

Belongs here: the link from each agency's person number to the true person and family, and who may be matched. What
makes persons hard to tell apart is counted in `traps.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from dagster_project.demonstration.agencies import (
    child_protection,
    family_centre,
    health_centre,
    housing_agency,
    police_victim_support,
    post_adoption,
    school_board,
)
from dagster_project.demonstration.bookkeeping import build_books
from dagster_project.demonstration.books import Book
from dagster_project.demonstration.consent import may_be_linked
from dagster_project.demonstration.faults import file_fault
from dagster_project.demonstration.months import LAST_DAY, month_of
from dagster_project.demonstration.population import build_families
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
HOUSEHOLD_NUMBERS = {
    "school_board": school_board.menage,
    "child_protection": child_protection.case,
    "health_centre": health_centre.menage,
    "post_adoption": post_adoption.family,
    "family_centre": family_centre.famille,
}
SEND_PERSONS_WITH_CONTACTS = ("family_centre", "police_victim_support")


def true_persons(scale: int = 1, seed: int = DEFAULT_SEED) -> pd.DataFrame:
    """One row per agency's record of a person.

    agency_id, person_id_agency  as in the files; the family centre gives persons no number: there person_id_agency is
                                 null, and its persons are found in the vault by last_name, first_name and birth_date,
                                 from which intake derives a number
    true_person, true_family     who it is, and in which family the agency met them; all families of a person, two for
                                 a child of separated parents, are in `true_family_members`
    last_name, first_name, birth_date   as the agency wrote them
    household                    the number of the household on the person's row, null where there is none
    slip                         the kind of error the record has, or none
    consent_to_link              the answer that holds on the last day, null where the agency does not ask
    may_be_linked                whether the agency's consent rule lets the person be matched
    is_in_files                  whether any file names the person: two agencies send rows of contacts only
    """
    rows = [
        (
            record.agency_id, numbered(PERSON_NUMBERS, record), record.person.number, record.family.number,
            record.last_name, record.first_name, record.birth_date, numbered(HOUSEHOLD_NUMBERS, record), record.slip,
            record.consent_on(LAST_DAY) or None, may_be_linked(record), record.number in sent,
        )
        for book in build_books(scale, seed).values()
        for sent in [numbers_sent(book)]
        for record in book.records
    ]  # fmt: skip
    columns = [
        "agency_id", "person_id_agency", "true_person", "true_family", "last_name", "first_name", "birth_date",
        "household", "slip", "consent_to_link", "may_be_linked", "is_in_files",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def true_family_members(scale: int = 1, seed: int = DEFAULT_SEED) -> pd.DataFrame:
    """One row per true family and person in it, known to an agency or not: true_family, true_person, role."""
    rows = [
        (family.number, member.person.number, member.role)
        for family in build_families(scale, seed)
        for member in family.members
    ]
    return pd.DataFrame(rows, columns=["true_family", "true_person", "role"])


def numbered(numbers: Mapping[str, Callable[[Record], str]], record: Record) -> str | None:
    """The number that the agency's files give, if they give one."""
    number_of = numbers.get(record.agency_id)
    return number_of(record) if number_of else None


def numbers_sent(book: Book) -> set[int]:
    """The numbers of the records that any file names."""
    if book.agency_id not in SEND_PERSONS_WITH_CONTACTS:
        return {record.number for record in book.records}
    return {
        contact.record.number
        for contact in book.contacts
        if not file_fault("silent", book.agency_id, month_of(contact.day))
    }
