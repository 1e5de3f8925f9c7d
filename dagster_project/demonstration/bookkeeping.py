"""Fill the books of all agencies from the population.

Belongs here: the order in which things happen to a family and in which books they are entered. Every family draws
from its own random stream, so that a change in one leaves the others as they were.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from dagster_project.demonstration.books import Book, Contact, Enrolment, ReferralEntry
from dagster_project.demonstration.consent import ask_consent
from dagster_project.demonstration.contacts import plan_contacts
from dagster_project.demonstration.intakes import note_intakes
from dagster_project.demonstration.languages import note_languages
from dagster_project.demonstration.ledger_keeping import keep_ledger
from dagster_project.demonstration.partners import HOUSING_EXIT_WEIGHTS, PARTNERS
from dagster_project.demonstration.people import Family
from dagster_project.demonstration.population import build_families
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.referrals import Referral, plan_referrals
from dagster_project.demonstration.scores import plan_scores
from dagster_project.demonstration.stays import Stay, plan_stays, register_referred
from dagster_project.demonstration.streams import stream
from dagster_project.demonstration.timings import note_times


def build_books(scale: int, seed: int) -> dict[str, Book]:
    """The books of all agencies, by agency."""
    books = {agency_id: Book(agency_id) for agency_id in PARTNERS}
    for family in build_families(scale, seed):
        random = stream(seed, "family", family.number)
        stays = plan_stays(random, family)
        for stay in stays:
            enter_stay(random, books[stay.agency_id], stay)
        for referral in plan_referrals(random, stays):
            enter_referral(random, books, family, referral)
    for book in books.values():
        book.give_numbers()
        ask_consent(book, seed)
        note_languages(book, seed)
        note_times(book, seed)
        keep_ledger(book, scale, seed)
    note_intakes(books, seed)
    return books


def enter_stay(random: Random, book: Book, stay: Stay) -> None:
    """Records, enrolments, contacts and scores of a stay."""
    written = {id(record) for record in book.records[-12:]}
    book.records.extend(record for record in stay.records if id(record) not in written)
    contacts = plan_contacts(random, stay)
    enrolments = {id(entry.record): entry for entry in plan_enrolments(random, stay, contacts)}
    for contact in contacts:
        contact.enrolment = enrolments.get(id(contact.record))
    book.enrolments.extend(enrolments.values())
    book.contacts.extend(contacts)
    book.scores.extend(plan_scores(random, stay))


def plan_enrolments(random: Random, stay: Stay, contacts: list[Contact]) -> list[Enrolment]:
    """An enrolment for each person served; the school enrols pupils only, the police nobody."""
    if not PARTNERS[stay.agency_id].enrols:
        return []
    pupils_only = stay.agency_id == "school_board"
    destination = random.choices(list(HOUSING_EXIT_WEIGHTS), list(HOUSING_EXIT_WEIGHTS.values()))[0]
    enrolments = []
    for record in stay.records:
        if pupils_only and record.role != "child":
            continue
        exit_date = stay.exit
        if stay.agency_id == "family_centre":
            visits = [contact.day for contact in contacts if contact.record is record]
            if not visits:
                continue
            exit_date = visits[-1] if stay.exit else None
        enrolments.append(Enrolment(record, stay.program_id, stay.entry, exit_date, destination))
    return enrolments


def enter_referral(random: Random, books: dict[str, Book], family: Family, referral: Referral) -> None:
    """The sender's row, on the police's side tied to a contact, and the receiver's row if it keeps one."""
    stay = referral.stay
    person = stay.records[0]
    if stay.agency_id == "school_board":
        person = next(record for record in stay.records if record.role == "child")
    contact = None
    if stay.agency_id == "police_victim_support":
        contact = contact_of_referral(books[stay.agency_id], referral, person)
        if contact is None:
            return
        referral.made, referral.sender_hears = contact.day, False
    hears = referral.sender_hears
    sent = ReferralEntry(
        person, "sent", referral.receiver, stay.program_id, referral.made, referral.key,
        referral.outcome if hears else "", referral.outcome_date if hears else None,
    )  # fmt: skip
    books[stay.agency_id].referrals.append(sent)
    if contact is not None:
        contact.referral = sent
    if referral.receiver_notes:
        enter_received(random, books[referral.receiver], family, referral, sent)


def contact_of_referral(book: Book, referral: Referral, person: Record) -> Contact | None:
    """The police note a referral on the row of the contact at which they made it: the last one before."""
    free = [
        contact
        for contact in book.contacts[-60:]
        if contact.record is person
        and contact.referral is None
        and contact.status == "delivered"
        and contact.day <= referral.made
    ]
    return free[-1] if free else None


def enter_received(random: Random, book: Book, family: Family, referral: Referral, sent: ReferralEntry) -> None:
    """The receiver's own row, about the same person where it knows them, else about its own head of the family."""
    made = referral.made + timedelta(days=referral.receiver_delay)
    if referral.receiver_stay is None:
        known = [record for record in book.records[-40:] if record.family is family]
        record = known[0] if known else register_referred(random, family, book.agency_id, made)
        if not known:
            book.records.append(record)
    else:
        records = referral.receiver_stay.records
        same = [record for record in records if record.person is sent.record.person]
        record = same[0] if same else records[0]
        record.registered = min(record.registered, made)
    program_id = referral.receiver_stay.program_id if referral.receiver_stay else ""
    received = ReferralEntry(
        record, "received", referral.stay.agency_id, program_id, made, referral.key,
        referral.outcome, referral.outcome_date,
    )  # fmt: skip
    book.referrals.append(received)
