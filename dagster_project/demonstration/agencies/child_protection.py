"""Child protection: one English workbook a month, three title rows above each header and a totals row at the end."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dagster_project.demonstration.books import Book, ReferralEntry, known_by
from dagster_project.demonstration.ledgers.shapes import Benefit
from dagster_project.demonstration.months import month_end
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import write_xlsx

PERSON_HEADER = [
    "Client No.", "Surname", "Given names", "Date of birth", "Birth date confirmed", "Gender", "District", "Telephone",
    "Health card", "Case No.", "Role in case", "Language",
]  # fmt: skip
CASE_HEADER = [
    "Service No.", "Client No.", "Service", "Opened", "Closed", "Case No.", "Role in case", "Intake door",
    "Intake type", "Need 1", "Need 2", "Need 3",
]  # fmt: skip
CONTACT_HEADER = [
    "Contact No.", "Client No.", "Service", "Date", "Kind", "Mode", "Status", "Minutes", "Requested", "Scheduled",
    "Done", "Put off by",
]  # fmt: skip
REFERRAL_HEADER = [
    "Referral No.", "Shared No.", "Client No.", "In/Out", "Organisation", "Service", "Date", "Result", "Result date",
]  # fmt: skip
STAFF_HEADER = ["Service", "Month end", "FTE", "FTE with cases", "Headcount", "Departures", "Vacancies"]
VACANCY_HEADER = ["Post No.", "Service", "Vacant since", "Filled on"]
BENEFIT_HEADER = [
    "Screening No.", "Client No.", "Benefit", "Screened", "Eligible", "Eligible since", "Enrolled", "Source",
]  # fmt: skip
FOLLOW_UP_HEADER = [
    "Follow-up No.", "Client No.", "Service", "Order final", "Milestone", "Follow-up date", "Lives with",
]  # fmt: skip
SEX = {"female": "Female", "male": "Male", "other": "Other", "not_collected": "Unknown"}
QUALITY = {"full": "Yes", "approximate": "Estimated", "unknown": "No", "refused": "No", "not_collected": "No"}
DISTRICT = {"north_shore": "N", "old_town": "OT", "river_valley": "RV", "south_hills": "S", "far_lakes": "FL"}
ROLE = {"head": "Main caregiver", "spouse_or_partner": "Partner", "child": "Child", "other_relative": "Relative"}
PROGRAM = {"family_assessment": "Assessment", "family_preservation": "Ongoing"}
KIND = {"home_visit": "Home visit", "meeting": "Office meeting", "call": "Phone call"}
MODE = {"in_person": "In person", "phone": "Phone", "video": "Video"}
STATUS = {
    "delivered": "Completed", "missed": "No show", "cancelled_by_family": "Cancelled - family",
    "cancelled_by_agency": "Cancelled - worker",
}  # fmt: skip
AGENCY = {
    "school_board": "School", "health_centre": "Health centre", "post_adoption": "Post-adoption",
    "housing_agency": "Housing", "family_centre": "Family centre", "police_victim_support": "Police",
    "outside": "Other",
}  # fmt: skip
OUTCOME = {
    "service_started": "Service started", "family_declined": "Family declined", "provider_refused": "Not accepted",
    "not_eligible": "Not eligible", "not_reached": "Could not reach", "waiting": "Pending", "": "",
}  # fmt: skip

LANGUAGE = {
    "en": "English", "fr": "French", "indigenous_language": "Indigenous language", "other": "Other",
    "not_collected": "Unknown", "": None,
}  # fmt: skip
DOOR = {
    "single_door": "Single line", "own_door": "Own intake", "partner_referral": "Partner", "outreach": "Outreach",
    "": None,
}  # fmt: skip
INTAKE = {"statutory": "Statutory", "full": "Full", "shared": "Shared", "brief": "Brief", "": None}
NEED = {
    "safety": "Safety", "parenting_support": "Parenting", "behaviour_home": "Behaviour at home",
    "parent_wellbeing": "Parent's well-being", "housing": "Housing", "income_and_basics": "Basic needs",
    "child_mental_health": "Child's mental health", "respite": "Respite", "other": "Other",
}  # fmt: skip
PUT_OFF = {"family": "Family", "agency": "Worker", "nobody": "No", "not_collected": "Unknown", "": None}
BENEFIT = {
    "child_benefit": "Child benefit", "housing_allowance": "Housing allowance", "disability_benefit": "Disability",
    "income_support": "Income support", "childcare_subsidy": "Childcare", "health_coverage": "Health coverage",
    "other": "Other",
}  # fmt: skip
ELIGIBLE = {"eligible": "Yes", "not_eligible": "No", "pending": "Pending", "not_collected": "Unknown"}
WORD = {"agency_record": "Agency record", "family_word": "Family", "not_collected": "Unknown", "": None}
MILESTONE = {"months_06": 6, "months_12": 12, "months_24": 24}
LIVES_WITH = {
    "with_adoptive_parent": "Adoptive parent", "with_guardian": "Guardian", "with_other_relative": "Other relative",
    "placed_elsewhere": "Placed", "not_reached": "Not reached", "not_collected": "Unknown",
}  # fmt: skip


def tables(book: Book, month: date) -> Tables:
    """The month's sheets."""
    return {
        "Persons": Table(PERSON_HEADER, [person_row(record, month) for record in book.records_of(month)]),
        "Cases": cases(book, month),
        "Contacts": contacts(book, month),
        "Referrals": Table(REFERRAL_HEADER, [referral_row(entry, month) for entry in book.referrals_of(month)]),
        **ledger_tables(book, month),
    }


def ledger_tables(book: Book, month: date) -> Tables:
    """The sheets on staff, benefits and follow-ups."""
    ledger, end = book.ledger, month_end(month)
    staff: list[list[Cell]] = [
        [
            PROGRAM[one.program_id], end, one.fte, one.fte_with_cases, one.heads, one.departures, one.vacancies,
        ]
        for one in ledger.staff_of(month)
    ]  # fmt: skip
    vacancies: list[list[Cell]] = [
        [f"V{one.number:03d}", PROGRAM[one.program_id], one.opened, known_by(one.filled, month)]
        for one in ledger.vacancies_by(month)
    ]
    follow_ups: list[list[Cell]] = [
        [
            f"FU{one.number:04d}", client(one.record), PROGRAM[one.program_id], one.finalised,
            MILESTONE[one.milestone], one.day, LIVES_WITH[one.situation],
        ]
        for one in ledger.follow_ups_by(month)
    ]  # fmt: skip
    return {
        "Staff": Table(STAFF_HEADER, staff),
        "Vacancies": Table(VACANCY_HEADER, vacancies),
        "Benefits": Table(BENEFIT_HEADER, [benefit_row(one, month) for one in book.benefits_of(month)]),
        "Follow-ups": Table(FOLLOW_UP_HEADER, follow_ups),
    }


def benefit_row(one: Benefit, month: date) -> list[Cell]:
    """A screening, as known at the end of the month."""
    eligibility, decided, enrolled, source = one.known_on(month_end(month))
    return [
        f"B{one.number:05d}", client(one.record), BENEFIT[one.code], one.screened, ELIGIBLE[eligibility], decided,
        enrolled, WORD[source],
    ]  # fmt: skip


def person_row(record: Record, month: date) -> list[Cell]:
    """A client."""
    home = record.home_on(month_end(month))
    return [
        client(record), record.last_name, record.first_name, record.birth_date, QUALITY[record.birth_date_quality],
        SEX[record.sex], DISTRICT[home.zone_id], record.phone, record.health_number, case(record), ROLE[record.role],
        LANGUAGE[record.language],
    ]  # fmt: skip


def cases(book: Book, month: date) -> Table:
    """Services opened or closed in the month."""
    rows: list[list[Cell]] = [
        [
            f"SV{entry.number:06d}", client(entry.record), PROGRAM[entry.program_id], entry.entry,
            known_by(entry.exit, month), case(entry.record), ROLE[entry.record.role], DOOR[entry.entry_point],
            INTAKE[entry.intake_kind], *(NEED[need] for need in entry.needs), *[None] * (3 - len(entry.needs)),
        ]
        for entry in book.enrolments_of(month)
    ]  # fmt: skip
    return Table(CASE_HEADER, rows)


def contacts(book: Book, month: date) -> Table:
    """Contacts of the month."""
    rows: list[list[Cell]] = [
        [
            f"K{contact.number:06d}", client(contact.record), PROGRAM[contact.program_id], contact.day,
            KIND[contact.kind], MODE[contact.mode], STATUS[contact.status], contact.minutes,
            contact.timing.requested, contact.timing.scheduled, contact.timing.done, PUT_OFF[contact.timing.put_off_by],
        ]
        for contact in book.contacts_of(month)
    ]  # fmt: skip
    return Table(CONTACT_HEADER, rows)


def referral_row(entry: ReferralEntry, month: date) -> list[Cell]:
    """A referral sent or received, as known at the end of the month."""
    outcome, outcome_date = entry.outcome_by(month_end(month))
    return [
        f"R{entry.number:05d}", entry.key, client(entry.record), "Out" if entry.direction == "sent" else "In",
        AGENCY[entry.other_agency], PROGRAM.get(entry.program_id), entry.made, OUTCOME[outcome], outcome_date,
    ]  # fmt: skip


def client(record: Record) -> str:
    """Child protection's number of a person."""
    return f"CP-{10000 + record.number}"


def case(record: Record) -> str:
    """Child protection's number of a household."""
    return f"C{7000 + record.household}"


def write(folder: Path, month_tables: Tables, month: date, suffix: str = "") -> list[Path]:
    """Write the month's workbook."""
    path = folder / f"CP_extract_{month:%Y_%m}{suffix}.xlsx"
    titles = ["Family Compass: monthly extract", f"Period: {month:%Y-%m}", "Confidential"]
    write_xlsx(path, month_tables, titles, totals_label="Total")
    return [path]
