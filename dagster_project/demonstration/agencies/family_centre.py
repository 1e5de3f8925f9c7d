"""The family centre: one French ODS sheet a month, a row per visit; it gives families a number, persons none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dagster_project.demonstration.books import Book, Contact, known_by
from dagster_project.demonstration.months import month_end
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import write_ods

HEADER = [
    "Famille", "Nom", "Prénom", "Date de naissance", "Sexe", "Code postal", "Lien", "Activité", "Inscription", "Départ",
    "Date de la visite", "Type", "Mode", "Présence", "Durée (min)",
]  # fmt: skip
SHEET = "Visites"
NAME_COLUMNS = ("Nom", "Prénom", "Date de naissance")
SEX = {"female": "Féminin", "male": "Masculin", "other": "Autre", "not_collected": "Non précisé"}
ROLE = {"head": "Parent", "spouse_or_partner": "Autre parent", "child": "Enfant", "other_relative": "Proche"}
PROGRAM = {"parent_child_workshops": "Ateliers parents-enfants", "respite_drop_in": "Halte-répit"}
KIND = {"group": "Atelier de groupe", "meeting": "Rencontre individuelle"}
MODE = {"in_person": "Sur place", "video": "En ligne"}
STATUS = {
    "delivered": "Présent", "missed": "Absent", "cancelled_by_family": "Annulé par la famille",
    "cancelled_by_agency": "Annulé par le centre",
}  # fmt: skip


def tables(book: Book, month: date) -> Tables:
    """The month's visits."""
    return {SHEET: Table(HEADER, [visit_row(contact, month) for contact in book.contacts_of(month)])}


def visit_row(contact: Contact, month: date) -> list[Cell]:
    """A visit, with the person and the enrolment it belongs to."""
    record, enrolment = contact.record, contact.enrolment
    return [
        famille(record), record.last_name, record.first_name, record.birth_date, SEX[record.sex],
        record.postal_code_on(month_end(month)), ROLE[record.role], PROGRAM[contact.program_id],
        enrolment.entry if enrolment else None, known_by(enrolment.exit, month) if enrolment else None,
        contact.day, KIND[contact.kind], MODE[contact.mode], STATUS[contact.status], contact.minutes,
    ]  # fmt: skip


def famille(record: Record) -> str:
    """The centre's number of a family."""
    return f"F{record.household:04d}"


def write(folder: Path, month_tables: Tables, month: date, suffix: str = "") -> list[Path]:
    """Write the month's workbook."""
    path = folder / f"visites_{month:%Y-%m}{suffix}.ods"
    write_ods(path, month_tables, [f"Registre des visites, {month:%Y-%m}"])
    return [path]
