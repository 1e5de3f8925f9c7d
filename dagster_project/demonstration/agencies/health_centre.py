"""The health centre: UTF-8 CSV with two-language headers; clients and their episodes are sent whole every month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dagster_project.demonstration.books import Book, Enrolment, ReferralEntry, known_by
from dagster_project.demonstration.months import month_end
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import TextFormat, render_text

FORMAT = TextFormat(line_end="\n")
CLIENT_HEADER = [
    "Client no", "Last name / Nom", "First name / Prénom", "Birth date / Date de naissance", "Sex / Sexe",
    "Postal code / Code postal", "Phone / Téléphone",
    "Health number / No d'assurance maladie", "Consent / Consentement", "Household / Ménage", "Relation / Lien",
    "Episode no", "Program / Programme", "Start / Début", "End / Fin",
]  # fmt: skip
CONTACT_HEADER = [
    "Contact no", "Client no", "Program / Programme", "Date", "Type", "Mode", "Status / Statut", "Minutes",
]  # fmt: skip
REFERRAL_HEADER = [
    "Referral no", "Shared key / Clé commune", "Client no", "Direction", "Agency / Organisme", "Program / Programme",
    "Date", "Outcome / Issue", "Outcome date / Date de l'issue",
]  # fmt: skip
SEX = {"female": "2", "male": "1", "other": "3", "not_collected": "9"}
CONSENT = {"yes": "O", "no": "N", "withdrawn": "R", "not_collected": "ND"}
ROLE = {"head": "P1", "spouse_or_partner": "P2", "child": "E", "other_relative": "A"}
PROGRAM = {"early_years": "PE", "family_mental_health": "SM"}
KIND = {"meeting": "REN", "home_visit": "VAD", "call": "TEL", "group": "GRP"}
MODE = {"in_person": "P", "phone": "T", "video": "V"}
STATUS = {"delivered": "1", "missed": "2", "cancelled_by_family": "3", "cancelled_by_agency": "4"}
AGENCY = {
    "school_board": "CSS", "child_protection": "DPJ", "post_adoption": "ADOPT", "housing_agency": "HABIT",
    "family_centre": "CRF", "police_victim_support": "SPV", "outside": "HORS",
}  # fmt: skip
OUTCOME = {
    "service_started": "STARTED", "family_declined": "DECLINED", "provider_refused": "REFUSED",
    "not_eligible": "INELIGIBLE", "not_reached": "UNREACHED", "waiting": "WAIT", "": "",
}  # fmt: skip


def tables(book: Book, month: date) -> Tables:
    """The month's three tables, by the stem of their files."""
    end = month_end(month)
    episodes = [entry for entry in book.enrolments if entry.entry <= end]
    return {
        "clients": Table(CLIENT_HEADER, [client_row(entry, month) for entry in episodes]),
        "contacts": contacts(book, month),
        "referrals": Table(REFERRAL_HEADER, [referral_row(entry, month) for entry in book.referrals_of(month)]),
    }


def client_row(entry: Enrolment, month: date) -> list[Cell]:
    """A client's episode; the client is repeated on every episode."""
    record = entry.record
    end = month_end(month)
    return [
        client(record), record.last_name, record.first_name, record.birth_date, SEX[record.sex],
        record.postal_code_on(end), record.phone, record.health_number, CONSENT[record.consent_on(end)],
        menage(record), ROLE[record.role], f"E{entry.number:06d}",
        PROGRAM[entry.program_id], entry.entry, known_by(entry.exit, month),
    ]  # fmt: skip


def contacts(book: Book, month: date) -> Table:
    """Contacts of the month."""
    rows: list[list[Cell]] = [
        [
            f"{500000 + contact.number}", client(contact.record), PROGRAM[contact.program_id], contact.day,
            KIND[contact.kind], MODE[contact.mode], STATUS[contact.status], contact.minutes,
        ]
        for contact in book.contacts_of(month)
    ]  # fmt: skip
    return Table(CONTACT_HEADER, rows)


def referral_row(entry: ReferralEntry, month: date) -> list[Cell]:
    """A referral sent or received, as known at the end of the month."""
    outcome, outcome_date = entry.outcome_by(month_end(month))
    return [
        f"{80000 + entry.number}", entry.key, client(entry.record), "OUT" if entry.direction == "sent" else "IN",
        AGENCY[entry.other_agency], PROGRAM.get(entry.program_id), entry.made, OUTCOME[outcome], outcome_date,
    ]  # fmt: skip


def client(record: Record) -> str:
    """The health centre's number of a person."""
    return f"{300000 + record.number}"


def menage(record: Record) -> str:
    """The health centre's number of a household."""
    return f"H{record.household:05d}"


def write(folder: Path, month_tables: Tables, month: date, suffix: str = "") -> list[Path]:
    """Write the month's files."""
    paths = []
    for stem, table in month_tables.items():
        paths.append(folder / f"{stem}_{month:%Y-%m}{suffix}.csv")
        paths[-1].write_bytes(render_text(table, FORMAT))
    return paths
