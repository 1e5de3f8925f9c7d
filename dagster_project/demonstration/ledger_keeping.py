"""Fill the ledgers of all agencies: each keeps what `partners.py` says it keeps.

Belongs here: which entries of the books a ledger starts from. How its entries are drawn stays in `ledgers/`.
"""

from __future__ import annotations

from datetime import date

from dagster_project.demonstration.books import Book
from dagster_project.demonstration.ledgers.benefits import screen
from dagster_project.demonstration.ledgers.follow_ups import follow_children
from dagster_project.demonstration.ledgers.groups import meet_in_groups
from dagster_project.demonstration.ledgers.places import keep_places
from dagster_project.demonstration.ledgers.plans import make_plans
from dagster_project.demonstration.ledgers.sharing import ask_to_share
from dagster_project.demonstration.ledgers.staffing import keep_staff
from dagster_project.demonstration.ledgers.voices import hear_families
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.records import Record


def keep_ledger(book: Book, scale: int, seed: int) -> None:
    """Fill the ledger of one agency."""
    agency_id, ledger, keeps = book.agency_id, book.ledger, PARTNERS[book.agency_id].keeps
    if "staffing" in keeps:
        ledger.staff, ledger.vacancies = keep_staff(agency_id, scale, seed)
    if "service_places" in keeps:
        ledger.places = keep_places(agency_id, scale, seed)
    if "consents" in keeps:
        ledger.answers = ask_to_share(agency_id, book.records, seed)
    if "benefits" in keeps:
        ledger.benefits = screen(agency_id, first_entries(book), seed)
    if "follow_ups" in keeps:
        ledger.follow_ups = follow_children(agency_id, book.records, seed)
    if "action_plans" in keeps:
        children = [(one.record, one.entry, one.exit) for one in book.enrolments if one.record.role == "child"]
        ledger.plans = make_plans(agency_id, children, seed)
    if "family_voice" in keeps:
        ledger.voices = hear_families(agency_id, scale, seed)
    if "support_groups" in keeps:
        ledger.groups, ledger.sessions = meet_in_groups(agency_id, seed)


def first_entries(book: Book) -> dict[int, tuple[Record, date]]:
    """By family: the head's record and the day of the first entry, of families whose head is enrolled."""
    entries: dict[int, tuple[Record, date]] = {}
    for enrolment in book.enrolments:
        if enrolment.record.role == "head":
            entries.setdefault(enrolment.record.family.number, (enrolment.record, enrolment.entry))
    return entries
