"""The school board: French text files, semicolons, Windows-1252, dd/mm/yyyy, decimal comma; four files a month.

A workbook (`annexe`) holds places in its services and action plans.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dagster_project.demonstration.books import Book, ReferralEntry, known_by
from dagster_project.demonstration.months import month_end
from dagster_project.demonstration.records import Record, strip_accents
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import TextFormat, render_text, write_xlsx

FORMAT = TextFormat("cp1252", ";", "%d/%m/%Y", ",")
PERSON_HEADER = [
    "No de fiche", "Nom", "Prénom", "Né(e) le", "Sexe", "Code postal", "Adresse", "Ville", "Téléphone",
    "Courriel", "No de ménage", "Lien", "Langue",
]  # fmt: skip
ENROLMENT_HEADER = [
    "No de suivi", "No de fiche", "Volet", "Début", "Fin", "No de ménage", "Lien", "Porte d'entrée", "Accueil",
    "Besoin 1", "Besoin 2", "Besoin 3",
]  # fmt: skip
REFERRAL_HEADER = [
    "No d'aiguillage", "Clé commune", "No de fiche", "Dirigé vers", "Volet", "Date", "Issue", "Date de l'issue",
]  # fmt: skip
SCORE_HEADER = ["No de fiche", "Outil", "Date d'évaluation", "Volet", "Cote"]
PLACES_HEADER = ["Service", "Besoin", "Secteur", "Mois", "Places", "Places libres"]
PLAN_HEADER = ["No de plan", "No de fiche", "Réseau", "Date", "Organismes", "Parent présent", "Élève présent"]
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

LANGUAGE = {
    "en": "Anglais", "fr": "Français", "indigenous_language": "Langue autochtone", "other": "Autre",
    "not_collected": "Inconnue", "": None,
}  # fmt: skip
DOOR = {
    "single_door": "Guichet unique", "own_door": "École", "partner_referral": "Partenaire", "outreach": "Repérage",
    "": None,
}  # fmt: skip
INTAKE = {"full": "Complet", "shared": "Partagé", "brief": "Bref", "": None}
NEED = {
    "learning": "Apprentissages", "behaviour_school": "Comportement (école)", "behaviour_home": "Comportement (maison)",
    "child_mental_health": "Santé mentale", "income_and_basics": "Besoins de base",
    "parenting_support": "Soutien parental", "other": "Autre",
}  # fmt: skip
ZONE = {
    "north_shore": "Rive-Nord", "old_town": "Vieille-Ville", "river_valley": "Vallée", "south_hills": "Collines",
    "far_lakes": "Grands-Lacs",
}  # fmt: skip
YES_NO = {"yes": "Oui", "no": "Non", "not_collected": "Inconnu"}
ANNEXE = "annexe"


def tables(book: Book, month: date) -> Tables:
    """The month's four tables, by the stem of their files, and the sheets of the workbook."""
    return {
        "eleves": Table(PERSON_HEADER, [person_row(record, month) for record in book.records_of(month)]),
        "suivis": enrolments(book, month),
        "aiguillages": Table(REFERRAL_HEADER, [referral_row(entry, month) for entry in book.referrals_of(month)]),
        "resultats": scores(book, month),
        "Places": places(book, month),
        "Plans": plans(book, month),
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
        ROLE[record.role], LANGUAGE[record.language],
    ]  # fmt: skip


def enrolments(book: Book, month: date) -> Table:
    """Follow-ups of pupils that began or ended in the month."""
    rows: list[list[Cell]] = [
        [
            f"S{entry.number:06d}", fiche(entry.record), PROGRAM[entry.program_id], entry.entry,
            known_by(entry.exit, month), menage(entry.record), ROLE[entry.record.role], DOOR[entry.entry_point],
            INTAKE[entry.intake_kind], *(NEED[need] for need in entry.needs), *[None] * (3 - len(entry.needs)),
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


def places(book: Book, month: date) -> Table:
    """Places of the board's services at the end of the month."""
    rows: list[list[Cell]] = [
        [one.service, NEED[one.need], ZONE[one.zone_id], month_end(month), one.places, one.free]
        for one in book.ledger.places_of(month)
    ]
    return Table(PLACES_HEADER, rows)


def plans(book: Book, month: date) -> Table:
    """Action plans of the month."""
    rows: list[list[Cell]] = [
        [
            f"P{one.number:04d}", fiche(one.record), one.network_id, one.day, one.organisations, YES_NO[one.parent],
            YES_NO[one.child],
        ]
        for one in book.ledger.plans_of(month)
    ]  # fmt: skip
    return Table(PLAN_HEADER, rows)


def fiche(record: Record) -> str:
    """The board's number of a person."""
    return f"{2400000 + record.number}"


def menage(record: Record) -> str:
    """The board's number of a household."""
    return f"M{record.household:05d}"


def write(folder: Path, month_tables: Tables, month: date, suffix: str = "") -> list[Path]:
    """Write the month's files: what is in the workbook's sheets, and each other table as text."""
    paths, sheets = [], {}
    for name, table in month_tables.items():
        if name[0].isupper():
            sheets[name] = table
            continue
        paths.append(folder / f"{name}_{month:%Y-%m}{suffix}.csv")
        paths[-1].write_bytes(render_text(table, FORMAT))
    if sheets:
        paths.append(folder / f"{ANNEXE}_{month:%Y-%m}{suffix}.xlsx")
        write_xlsx(paths[-1], sheets, date_format=FORMAT.date_format)
    return paths
