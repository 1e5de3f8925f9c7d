"""The police's victim support: one tab-separated UTF-16 file a month, a row per contact with person and referral."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dagster_project.demonstration.books import Book, Contact
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import TextFormat, render_text

FORMAT = TextFormat("utf-16", "\t", "%Y/%m/%d")
STEM = "vs"
HEADER = [
    "Contact ref", "File no", "Surname", "Given name", "DOB", "Gender", "Sector", "Phone", "Parent surname",
    "Parent given name", "Date", "Type", "Result", "Minutes", "No referral", "Referral ref", "Shared no",
    "Referred to", "Referral date",
]  # fmt: skip
SEX = {"female": "FEM", "male": "MASC", "other": "OTH", "not_collected": "UNK"}
SECTOR = {"north_shore": "1", "old_town": "2", "river_valley": "3", "south_hills": "4", "far_lakes": "5"}
KIND = {"call": "TEL", "meeting": "MTG", "message": "MSG"}
STATUS = {"delivered": "OK", "missed": "NS", "cancelled_by_family": "CX-V", "cancelled_by_agency": "CX-P"}
AGENCY = {
    "school_board": "SCHOOL", "child_protection": "CPS", "health_centre": "HEALTH", "post_adoption": "ADOPTION",
    "housing_agency": "HOUSING", "family_centre": "FAMILY CTR", "outside": "OTHER",
}  # fmt: skip


def tables(book: Book, month: date) -> Tables:
    """The month's contacts."""
    return {STEM: Table(HEADER, [contact_row(contact) for contact in book.contacts_of(month)])}


def contact_row(contact: Contact) -> list[Cell]:
    """A contact, with the person and the referral made on that occasion."""
    record, referral = contact.record, contact.referral
    home, parent = record.home_on(contact.day), record.parent
    referred: list[Cell] = ["X", None, None, None, None]
    if referral is not None:
        referred = [None, f"VR{referral.number:05d}", referral.key, AGENCY[referral.other_agency], referral.made]
    return [
        f"VC{contact.number:06d}", file_number(record), record.last_name, record.first_name, record.birth_date,
        SEX[record.sex], SECTOR[home.zone_id], record.phone, parent.last_name if parent else None,
        parent.first_name if parent else None, contact.day, KIND[contact.kind],
        STATUS[contact.status], contact.minutes, *referred,
    ]  # fmt: skip


def file_number(record: Record) -> str:
    """The police's number of a person's file."""
    return f"VS-{record.number:05d}"


def write(folder: Path, month_tables: Tables, month: date, suffix: str = "") -> list[Path]:
    """Write the month's file."""
    path = folder / f"{STEM}_{month:%Y%m}{suffix}.tsv"
    path.write_bytes(render_text(month_tables[STEM], FORMAT))
    return [path]
