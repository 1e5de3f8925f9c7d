"""The family centre: one French ODS workbook a month, a row per visit; it gives families a number, persons none.

Beside the visits stand small sheets on staff, places, what families say, and groups.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dagster_project.demonstration.books import Book, Contact, known_by
from dagster_project.demonstration.months import month_end
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import write_ods

STAFF_HEADER = ["Activité", "Mois", "ETC", "ETC auprès des familles", "Personnes", "Départs", "Postes vacants"]
VACANCY_HEADER = ["Poste", "Activité", "Vacant depuis", "Pourvu le"]
PLACES_HEADER = ["Activité", "Besoin", "Secteur", "Mois", "Places", "Libres"]
VOICE_HEADER = ["Fiche", "Date", "Activité", "Secteur", "Écoute", "Travail d'équipe", "Réponse au besoin"]
GROUP_HEADER = ["Groupe", "Secteur", "Ouvert le", "Fermé le"]
SESSION_HEADER = ["Groupe", "Date", "Adultes", "Enfants", "Parent ambassadeur"]
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

ZONE = {
    "north_shore": "Rive-Nord", "old_town": "Vieille-Ville", "river_valley": "Vallée", "south_hills": "Collines",
    "far_lakes": "Grands-Lacs", "": None,
}  # fmt: skip
NEED = {
    "parenting_support": "Soutien parental", "behaviour_home": "Comportement à la maison", "respite": "Répit",
}  # fmt: skip
SCALE = {
    "strongly_agree": "Tout à fait d'accord", "agree": "D'accord", "neutral": "Neutre", "disagree": "En désaccord",
    "strongly_disagree": "Tout à fait en désaccord", "no_answer": "Sans réponse",
}  # fmt: skip
YES_NO = {"yes": "Oui", "no": "Non", "not_collected": "Non noté"}


def tables(book: Book, month: date) -> Tables:
    """The month's visits and the sheets beside them."""
    ledger, end = book.ledger, month_end(month)
    staff: list[list[Cell]] = [
        [PROGRAM[one.program_id], end, one.fte, one.fte_with_cases, one.heads, one.departures, one.vacancies]
        for one in ledger.staff_of(month)
    ]
    vacancies: list[list[Cell]] = [
        [f"P{one.number:02d}", PROGRAM[one.program_id], one.opened, known_by(one.filled, month)]
        for one in ledger.vacancies_by(month)
    ]
    places: list[list[Cell]] = [
        [one.service, NEED[one.need], ZONE[one.zone_id], end, one.places, one.free] for one in ledger.places_of(month)
    ]
    voices: list[list[Cell]] = [
        [
            one.number, one.day, PROGRAM[one.program_id], ZONE[one.zone_id],
            *(SCALE[answer] for answer in one.answers),
        ]
        for one in ledger.voices_of(month)
    ]  # fmt: skip
    groups: list[list[Cell]] = [
        [f"GR{one.number}", ZONE[one.zone_id], one.opened, known_by(one.closed, month)]
        for one in ledger.groups_by(month)
    ]
    sessions: list[list[Cell]] = [
        [f"GR{one.group.number}", one.day, one.adults, one.children, YES_NO[one.champion_led]]
        for one in ledger.sessions_of(month)
    ]
    return {
        SHEET: Table(HEADER, [visit_row(contact, month) for contact in book.contacts_of(month)]),
        "Personnel": Table(STAFF_HEADER, staff),
        "Postes vacants": Table(VACANCY_HEADER, vacancies),
        "Places": Table(PLACES_HEADER, places),
        "Paroles de familles": Table(VOICE_HEADER, voices),
        "Groupes": Table(GROUP_HEADER, groups),
        "Séances": Table(SESSION_HEADER, sessions),
    }


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
