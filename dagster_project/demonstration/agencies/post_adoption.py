"""Post-adoption support: one workbook a month, one sheet a dataset, dates typed as month/day/year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dagster_project.demonstration.books import Book, Contact, ReferralEntry, known_by
from dagster_project.demonstration.months import month_end
from dagster_project.demonstration.records import Record, strip_accents
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import write_xlsx

DATE_FORMAT = "%m/%d/%Y"
PERSON_HEADER = [
    "Person ID", "Last name", "First name", "DOB", "Sex", "Postal code", "Address", "City", "Phone", "Email",
    "Consent to matching", "Family ID", "Relationship", "Language",
]  # fmt: skip
ENROLMENT_HEADER = [
    "Enrolment ID", "Person ID", "Program", "Start date", "End date", "Family ID", "Relationship", "Door", "Intake",
    "Need 1", "Need 2", "Need 3",
]  # fmt: skip
CONTACT_HEADER = [
    "Contact ID", "Person ID", "Program", "Contact date", "Contact type", "Mode", "Status", "Minutes", "Requested at",
    "Response", "Answered at", "Scheduled at", "Done at", "Put off by", "Cost",
]  # fmt: skip
REFERRAL_HEADER = [
    "Referral ID", "Referral key", "Person ID", "Direction", "Agency", "Program", "Referral date", "Outcome",
    "Outcome date", "Contact ID",
]  # fmt: skip
SCORE_HEADER = ["Person ID", "Measure", "Date completed", "Program", "Score"]
STAFF_HEADER = ["Program", "Month", "FTE", "FTE with families", "Staff", "Left", "Vacant"]
VACANCY_HEADER = ["Post", "Program", "Vacant on", "Filled on"]
SHARING_HEADER = ["Person ID", "About", "Date asked", "Answer", "Valid until"]
FOLLOW_UP_HEADER = ["Follow-up ID", "Person ID", "Program", "Final on", "Milestone", "Date", "Living with"]
VOICE_HEADER = ["Sheet", "Date", "Program", "Listened to", "Worked together", "Got what we needed"]
GROUP_HEADER = ["Group", "Zone", "Opened", "Closed"]
SESSION_HEADER = ["Group", "Date", "Adults", "Children", "Parent champion"]
SEX = {"female": "W", "male": "M", "other": "X", "not_collected": "U"}
CONSENT = {"yes": "Yes", "no": "No", "withdrawn": "Withdrawn", "not_collected": "Not asked"}
ROLE = {"head": "Parent 1", "spouse_or_partner": "Parent 2", "child": "Child", "other_relative": "Other family"}
PROGRAM = {"post_adoption_support": "PAS", "adoption_family_coaching": "COACH"}
KIND = {
    "call": "Call",
    "home_visit": "Home visit",
    "meeting": "Meeting",
    "message": "E-mail",
    "group": "Group",
    "line_call": "Line call",
}
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

LANGUAGE = {"en": "E", "fr": "F", "indigenous_language": "I", "other": "O", "not_collected": "U", "": None}
DOOR = {"single_door": "Line", "own_door": "Office", "partner_referral": "Partner", "outreach": "Outreach", "": None}
INTAKE = {"full": "Full", "shared": "Shared", "brief": "Brief", "": None}
NEED = {
    "behaviour_home": "BH", "attachment": "ATT", "behaviour_school": "BS", "parent_wellbeing": "PW",
    "child_mental_health": "CMH", "parenting_support": "PAR", "respite": "RES", "learning": "LRN", "other": "OTH",
}  # fmt: skip
RESPONSE = {
    "answered_live": "Live", "call_back": "Call back", "no_number": "No number", "not_needed": "Not needed",
    "not_collected": "Unknown", "": None,
}  # fmt: skip
PUT_OFF = {"family": "Family", "agency": "Us", "nobody": "No", "not_collected": "Unknown", "": None}
ABOUT = {"share_information": "Information", "share_intake": "Intake"}
ANSWER = {"yes": "Yes", "no": "No", "withdrawn": "Withdrawn", "not_collected": "Not asked"}
MILESTONE = {"months_06": "6 m", "months_12": "12 m", "months_24": "24 m"}
LIVING_WITH = {
    "with_adoptive_parent": "Adoptive parent", "with_guardian": "Guardian", "with_other_relative": "Relative",
    "placed_elsewhere": "Placed", "not_reached": "Not reached", "not_collected": "Not asked",
}  # fmt: skip
SCALE = {
    "strongly_agree": "++", "agree": "+", "neutral": "0", "disagree": "-", "strongly_disagree": "--", "no_answer": "NA",
}  # fmt: skip
ZONE = {"old_town": "Old Town", "south_hills": "South Hills", "": None}


def tables(book: Book, month: date) -> Tables:
    """The month's sheets."""
    return {
        "People": Table(PERSON_HEADER, [person_row(record, month) for record in book.records_of(month)]),
        "Enrolments": enrolments(book, month),
        "Contacts": contacts(book, month),
        "Referrals": Table(REFERRAL_HEADER, [referral_row(entry, month) for entry in book.referrals_of(month)]),
        "Outcomes": scores(book, month),
        **ledger_tables(book, month),
    }


def ledger_tables(book: Book, month: date) -> Tables:
    """The sheets on staff, sharing, follow-ups, what families say, and groups."""
    ledger = book.ledger
    staff: list[list[Cell]] = [
        [
            PROGRAM[one.program_id], one.month, one.fte, one.fte_with_cases, one.heads, one.departures, one.vacancies,
        ]
        for one in ledger.staff_of(month)
    ]  # fmt: skip
    vacancies: list[list[Cell]] = [
        [f"P{one.number:02d}", PROGRAM[one.program_id], one.opened, known_by(one.filled, month)]
        for one in ledger.vacancies_by(month)
    ]
    sharing: list[list[Cell]] = [
        [person(one.record), ABOUT[one.kind], one.day, ANSWER[one.answer], one.ends] for one in book.answers_of(month)
    ]
    follow_ups: list[list[Cell]] = [
        [
            f"F-{one.number:04d}", person(one.record), PROGRAM[one.program_id], one.finalised,
            MILESTONE[one.milestone], one.day, LIVING_WITH[one.situation],
        ]
        for one in ledger.follow_ups_by(month)
    ]  # fmt: skip
    voices: list[list[Cell]] = [
        [one.number, one.day, PROGRAM[one.program_id], *(SCALE[answer] for answer in one.answers)]
        for one in ledger.voices_of(month)
    ]
    groups: list[list[Cell]] = [
        [f"G{one.number}", ZONE[one.zone_id], one.opened, known_by(one.closed, month)]
        for one in ledger.groups_by(month)
    ]
    sessions: list[list[Cell]] = [
        [f"G{one.group.number}", one.day, one.adults, one.children, ANSWER[one.champion_led]]
        for one in ledger.sessions_of(month)
    ]
    return {
        "Staff": Table(STAFF_HEADER, staff),
        "Vacancies": Table(VACANCY_HEADER, vacancies),
        "Sharing": Table(SHARING_HEADER, sharing),
        "Follow-ups": Table(FOLLOW_UP_HEADER, follow_ups),
        "Feedback": Table(VOICE_HEADER, voices),
        "Groups": Table(GROUP_HEADER, groups),
        "Sessions": Table(SESSION_HEADER, sessions),
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
        ROLE[record.role], LANGUAGE[record.language],
    ]  # fmt: skip


def enrolments(book: Book, month: date) -> Table:
    """Enrolments that began or ended in the month."""
    rows: list[list[Cell]] = [
        [
            f"E-{entry.number:05d}", person(entry.record), PROGRAM[entry.program_id], entry.entry,
            known_by(entry.exit, month), family(entry.record), ROLE[entry.record.role], DOOR[entry.entry_point],
            INTAKE[entry.intake_kind], *(NEED[need] for need in entry.needs), *[None] * (3 - len(entry.needs)),
        ]
        for entry in book.enrolments_of(month)
    ]  # fmt: skip
    return Table(ENROLMENT_HEADER, rows)


def contacts(book: Book, month: date) -> Table:
    """Contacts of the month."""
    rows: list[list[Cell]] = [
        [
            contact_number(contact), person(contact.record), PROGRAM[contact.program_id], contact.day,
            KIND[contact.kind], MODE[contact.mode], STATUS[contact.status], contact.minutes,
            contact.timing.requested, RESPONSE[contact.timing.response_needed], contact.timing.first_response,
            contact.timing.scheduled, contact.timing.done, PUT_OFF[contact.timing.put_off_by], contact.timing.cost,
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
        contact_number(entry.contact) if entry.contact else None,
    ]  # fmt: skip


def scores(book: Book, month: date) -> Table:
    """Scores of the month."""
    rows: list[list[Cell]] = [
        [person(score.record), MEASURE[score.instrument_id], score.day, PROGRAM[score.program_id], score.value]
        for score in book.scores_of(month)
    ]
    return Table(SCORE_HEADER, rows)


def contact_number(contact: Contact) -> str:
    """The service's number of a contact."""
    return f"C-{contact.number:05d}"


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
