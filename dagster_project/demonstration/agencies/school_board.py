"""The school board: French text files, semicolons, Windows-1252, dd/mm/yyyy, decimal comma; four files a month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dagster_project.demonstration.books import Book, ReferralEntry, known_by
from dagster_project.demonstration.months import month_end
from dagster_project.demonstration.records import Record, strip_accents
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import TextFormat, render_text

FORMAT = TextFormat("cp1252", ";", "%d/%m/%Y", ",")
PERSON_HEADER = [
    "No de fiche", "Nom", "Prénom", "Né(e) le", "Sexe", "Code postal", "Adresse", "Ville", "Téléphone",
    "Courriel", "No de ménage", "Lien",
]  # fmt: skip
ENROLMENT_HEADER = ["No de suivi", "No de fiche", "Volet", "Début", "Fin", "No de ménage", "Lien"]
REFERRAL_HEADER = [
    "No d'aiguillage", "Clé commune", "No de fiche", "Dirigé vers", "Volet", "Date", "Issue", "Date de l'issue",
]  # fmt: skip
SCORE_HEADER = ["No de fiche", "Outil", "Date d'évaluation", "Volet", "Cote"]
SEX = {"female": "F", "male": "M", "other": "X", "not_collected": "NR"}
ROLE = {"head": "Répondant", "spouse_or_partner": "Conjoint", "child": "Élève", "other_relative": "Autre parent"}
PROGRAM = {"school_support": "SOUT", "school_transition": "PASS"}
AGENCY = {
    "child_protection": "DPJ", "health_centre": "CLSC", "post_adoption": "Post-adoption", "housing_agency": "Logement",
    "family_centre": "CRF", "police_victim_support": "Police", "outside": "Autre",
}  # fmt: skip
OUTCOME = {
    "service_started": "Pris en charge", "family_declined": "Refus de la famille",
    "provider_refused": "Refus organisme",
    "not_eligible": "Non admissible", "not_reached": "Non joint", "waiting": "En attente", "": "",
}  # fmt: skip


def tables(book: Book, month: date) -> Tables:
    """The month's four tables, by the stem of their files."""
    return {
        "eleves": Table(PERSON_HEADER, [person_row(record, month) for record in book.records_of(month)]),
        "suivis": enrolments(book, month),
        "aiguillages": Table(REFERRAL_HEADER, [referral_row(entry, month) for entry in book.referrals_of(month)]),
        "resultats": scores(book, month),
    }


def person_row(record: Record, month: date) -> list[Cell]:
    """A pupil or a parent."""
    home = record.home_on(month_end(month))
    email = None
    if record.role != "child" and record.number % 3:
        email = strip_accents(f"{record.first_name}.{record.last_name}").lower().replace(" ", "") + "@example.org"
    return [
        fiche(record), record.last_name, record.first_name, record.birth_date, SEX[record.sex],
        record.postal_code_on(month_end(month)), home.address, home.town, record.phone, email, menage(record),
        ROLE[record.role],
    ]  # fmt: skip


def enrolments(book: Book, month: date) -> Table:
    """Follow-ups of pupils that began or ended in the month."""
    rows: list[list[Cell]] = [
        [
            f"S{entry.number:06d}", fiche(entry.record), PROGRAM[entry.program_id], entry.entry,
            known_by(entry.exit, month), menage(entry.record), ROLE[entry.record.role],
        ]
        for entry in book.enrolments_of(month)
    ]  # fmt: skip
    return Table(ENROLMENT_HEADER, rows)


def referral_row(entry: ReferralEntry, month: date) -> list[Cell]:
    """A referral, as known at the end of the month."""
    outcome, outcome_date = entry.outcome_by(month_end(month))
    return [
        f"A{entry.number:05d}", entry.key, fiche(entry.record), AGENCY[entry.other_agency],
        PROGRAM[entry.program_id], entry.made, OUTCOME[outcome], outcome_date,
    ]  # fmt: skip


def scores(book: Book, month: date) -> Table:
    """Scores of the month on the questionnaire of strengths and difficulties."""
    rows: list[list[Cell]] = [
        [fiche(score.record), "QPFD", score.day, PROGRAM[score.program_id], score.value]
        for score in book.scores_of(month)
    ]
    return Table(SCORE_HEADER, rows)


def fiche(record: Record) -> str:
    """The board's number of a person."""
    return f"{2400000 + record.number}"


def menage(record: Record) -> str:
    """The board's number of a household."""
    return f"M{record.household:05d}"


def write(folder: Path, month_tables: Tables, month: date, suffix: str = "") -> list[Path]:
    """Write the month's files."""
    paths = []
    for stem, table in month_tables.items():
        paths.append(folder / f"{stem}_{month:%Y-%m}{suffix}.csv")
        paths[-1].write_bytes(render_text(table, FORMAT))
    return paths
