"""Post-adoption support: one workbook a month, one sheet a dataset, dates typed as month/day/year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dagster_project.demonstration.books import Book, ReferralEntry, known_by
from dagster_project.demonstration.months import month_end
from dagster_project.demonstration.records import Record, strip_accents
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import write_xlsx

DATE_FORMAT = "%m/%d/%Y"
PERSON_HEADER = [
    "Person ID", "Last name", "First name", "DOB", "Sex", "Postal code", "Address", "City", "Phone", "Email",
    "Consent to matching", "Family ID", "Relationship",
]  # fmt: skip
ENROLMENT_HEADER = ["Enrolment ID", "Person ID", "Program", "Start date", "End date", "Family ID", "Relationship"]
CONTACT_HEADER = ["Contact ID", "Person ID", "Program", "Contact date", "Contact type", "Mode", "Status", "Minutes"]
REFERRAL_HEADER = [
    "Referral ID", "Referral key", "Person ID", "Direction", "Agency", "Program", "Referral date", "Outcome",
    "Outcome date",
]  # fmt: skip
SCORE_HEADER = ["Person ID", "Measure", "Date completed", "Program", "Score"]
SEX = {"female": "W", "male": "M", "other": "X", "not_collected": "U"}
CONSENT = {"yes": "Yes", "no": "No", "withdrawn": "Withdrawn", "not_collected": "Not asked"}
ROLE = {"head": "Parent 1", "spouse_or_partner": "Parent 2", "child": "Child", "other_relative": "Other family"}
PROGRAM = {"post_adoption_support": "PAS", "adoption_family_coaching": "COACH"}
KIND = {"call": "Call", "home_visit": "Home visit", "meeting": "Meeting", "message": "E-mail", "group": "Group"}
MODE = {"in_person": "In person", "phone": "Phone", "video": "Online", "written": "Written"}
STATUS = {
    "delivered": "Attended", "missed": "Missed", "cancelled_by_family": "Family cancelled",
    "cancelled_by_agency": "We cancelled",
}  # fmt: skip
AGENCY = {
    "school_board": "School board", "child_protection": "Child protection", "health_centre": "Health centre",
    "housing_agency": "Housing agency", "family_centre": "Family centre", "police_victim_support": "Police",
    "outside": "Outside",
}  # fmt: skip
OUTCOME = {
    "service_started": "Started", "family_declined": "Declined by family", "provider_refused": "Declined by agency",
    "not_eligible": "Not eligible", "not_reached": "No answer", "waiting": "Waiting", "": "",
}  # fmt: skip
MEASURE = {"parenting_stress": "PSS", "family_functioning": "FFS"}


def tables(book: Book, month: date) -> Tables:
    """The month's sheets."""
    return {
        "People": Table(PERSON_HEADER, [person_row(record, month) for record in book.records_of(month)]),
        "Enrolments": enrolments(book, month),
        "Contacts": contacts(book, month),
        "Referrals": Table(REFERRAL_HEADER, [referral_row(entry, month) for entry in book.referrals_of(month)]),
        "Outcomes": scores(book, month),
    }


def person_row(record: Record, month: date) -> list[Cell]:
    """A parent or a child."""
    end = month_end(month)
    home = record.home_on(end)
    email = strip_accents(f"{record.first_name[:1]}{record.last_name}").lower().replace(" ", "") + "@example.com"
    return [
        person(record), record.last_name, record.first_name, record.birth_date, SEX[record.sex],
        record.postal_code_on(end), home.address, home.town.replace("Sainte-", "Ste-").replace("Saint-", "St-"),
        record.phone, email if record.role == "head" else None, CONSENT[record.consent_on(end)], family(record),
        ROLE[record.role],
    ]  # fmt: skip


def enrolments(book: Book, month: date) -> Table:
    """Enrolments that began or ended in the month."""
    rows: list[list[Cell]] = [
        [
            f"E-{entry.number:05d}", person(entry.record), PROGRAM[entry.program_id], entry.entry,
            known_by(entry.exit, month), family(entry.record), ROLE[entry.record.role],
        ]
        for entry in book.enrolments_of(month)
    ]  # fmt: skip
    return Table(ENROLMENT_HEADER, rows)


def contacts(book: Book, month: date) -> Table:
    """Contacts of the month."""
    rows: list[list[Cell]] = [
        [
            f"C-{contact.number:05d}", person(contact.record), PROGRAM[contact.program_id], contact.day,
            KIND[contact.kind], MODE[contact.mode], STATUS[contact.status], contact.minutes,
        ]
        for contact in book.contacts_of(month)
    ]  # fmt: skip
    return Table(CONTACT_HEADER, rows)


def referral_row(entry: ReferralEntry, month: date) -> list[Cell]:
    """A referral sent or received, as known at the end of the month."""
    outcome, outcome_date = entry.outcome_by(month_end(month))
    return [
        f"R-{entry.number:05d}", entry.key, person(entry.record), entry.direction.capitalize(),
        AGENCY[entry.other_agency], PROGRAM.get(entry.program_id), entry.made, OUTCOME[outcome], outcome_date,
    ]  # fmt: skip


def scores(book: Book, month: date) -> Table:
    """Scores of the month."""
    rows: list[list[Cell]] = [
        [person(score.record), MEASURE[score.instrument_id], score.day, PROGRAM[score.program_id], score.value]
        for score in book.scores_of(month)
    ]
    return Table(SCORE_HEADER, rows)


def person(record: Record) -> str:
    """The service's number of a person."""
    return f"PA{record.number:05d}"


def family(record: Record) -> str:
    """The service's number of a family."""
    return f"FAM-{record.household:04d}"


def write(folder: Path, month_tables: Tables, month: date, suffix: str = "") -> list[Path]:
    """Write the month's workbook."""
    path = folder / f"post_adoption_{month:%Y-%m}{suffix}.xlsx"
    write_xlsx(path, month_tables, date_format=DATE_FORMAT)
    return [path]
