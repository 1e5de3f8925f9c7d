"""The health centre: UTF-8 CSV with two-language headers, clients and their episodes whole every month, and a workbook.

The workbook (`annexe`) holds what is of no single visit: staff, places, consents, benefits, plans, answers of families.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dagster_project.demonstration.books import Book, Enrolment, ReferralEntry, known_by
from dagster_project.demonstration.ledgers.shapes import Benefit
from dagster_project.demonstration.months import month_end
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import TextFormat, render_text, write_xlsx

FORMAT = TextFormat(line_end="\n")
CLIENT_HEADER = [
    "Client no", "Last name / Nom", "First name / Prénom", "Birth date / Date de naissance", "Sex / Sexe",
    "Postal code / Code postal", "Phone / Téléphone",
    "Health number / No d'assurance maladie", "Consent / Consentement", "Household / Ménage", "Relation / Lien",
    "Episode no", "Program / Programme", "Start / Début", "End / Fin", "Language / Langue", "Entry / Entrée",
    "Intake / Accueil", "Need 1 / Besoin 1", "Need 2 / Besoin 2", "Need 3 / Besoin 3",
]  # fmt: skip
CONTACT_HEADER = [
    "Contact no", "Client no", "Program / Programme", "Date", "Type", "Mode", "Status / Statut", "Minutes",
    "Planned / Prévu",
]  # fmt: skip
REFERRAL_HEADER = [
    "Referral no", "Shared key / Clé commune", "Client no", "Direction", "Agency / Organisme", "Program / Programme",
    "Date", "Outcome / Issue", "Outcome date / Date de l'issue",
]  # fmt: skip
STAFF_HEADER = [
    "Program / Programme", "Month / Mois", "FTE / ETC", "FTE with cases / ETC avec dossiers", "Staff / Personnel",
    "Departures / Départs", "Vacant / Vacants",
]  # fmt: skip
VACANCY_HEADER = ["Post / Poste", "Program / Programme", "Vacant since / Vacant depuis", "Filled / Pourvu"]
PLACES_HEADER = ["Service", "Need / Besoin", "Zone", "Month / Mois", "Places", "Free / Libres"]
CONSENT_HEADER = ["Client no", "Kind / Type", "Date", "Answer / Réponse", "Until / Jusqu'au"]
BENEFIT_HEADER = [
    "Screening no", "Client no", "Benefit / Prestation", "Screened / Évalué", "Eligible / Admissible",
    "Since / Depuis", "Enrolled / Inscrit", "Source",
]  # fmt: skip
PLAN_HEADER = [
    "Plan no", "Client no", "Network / Réseau", "Date", "Organisations / Organismes", "Parent", "Child / Enfant",
]  # fmt: skip
VOICE_HEADER = ["Sheet / Fiche", "Date", "Program / Programme", "Zone", "Q1", "Q2", "Q3"]
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

LANGUAGE = {"en": "EN", "fr": "FR", "indigenous_language": "LA", "other": "AU", "not_collected": "ND", "": None}
DOOR = {"single_door": "GU", "own_door": "CS", "partner_referral": "PA", "outreach": "DP", "": None}
INTAKE = {"full": "C", "shared": "P", "brief": "B", "not_collected": "ND", "": None}
NEED = {
    "child_mental_health": "B1", "parent_wellbeing": "B2", "parenting_support": "B3", "behaviour_home": "B4",
    "attachment": "B5", "income_and_basics": "B6", "respite": "B7", "housing": "B8", "other": "B9",
}  # fmt: skip
ANSWER = {"yes": "O", "no": "N", "withdrawn": "R", "not_collected": "ND"}
CONSENT_KIND = {"share_information": "INFO", "share_intake": "ACCUEIL"}
BENEFIT = {
    "child_benefit": "AE", "housing_allowance": "AL", "disability_benefit": "PI", "income_support": "SR",
    "childcare_subsidy": "SG", "health_coverage": "AM", "other": "AU",
}  # fmt: skip
ELIGIBLE = {"eligible": "O", "not_eligible": "N", "pending": "EA", "not_collected": "ND"}
WORD = {"agency_record": "DOS", "family_word": "FAM", "not_collected": "ND", "": None}
SCALE = {"strongly_agree": 5, "agree": 4, "neutral": 3, "disagree": 2, "strongly_disagree": 1, "no_answer": 9}
ANNEXE = "annexe"


def tables(book: Book, month: date) -> Tables:
    """The month's three tables, by the stem of their files, and the sheets of the workbook."""
    end = month_end(month)
    episodes = [entry for entry in book.enrolments if entry.entry <= end]
    return {
        "clients": Table(CLIENT_HEADER, [client_row(entry, month) for entry in episodes]),
        "contacts": contacts(book, month),
        "referrals": Table(REFERRAL_HEADER, [referral_row(entry, month) for entry in book.referrals_of(month)]),
        **ledger_tables(book, month),
    }


def ledger_tables(book: Book, month: date) -> Tables:
    """The sheets of the workbook."""
    ledger, end = book.ledger, month_end(month)
    staff: list[list[Cell]] = [
        [PROGRAM[one.program_id], end, one.fte, one.fte_with_cases, one.heads, one.departures, one.vacancies]
        for one in ledger.staff_of(month)
    ]
    vacancies: list[list[Cell]] = [
        [f"{one.number:03d}", PROGRAM[one.program_id], one.opened, known_by(one.filled, month)]
        for one in ledger.vacancies_by(month)
    ]
    places: list[list[Cell]] = [
        [one.service, NEED[one.need], one.zone_id, end, one.places, one.free] for one in ledger.places_of(month)
    ]
    consents: list[list[Cell]] = [
        [client(one.record), CONSENT_KIND[one.kind], one.day, ANSWER[one.answer], one.ends]
        for one in book.answers_of(month)
    ]
    plans: list[list[Cell]] = [
        [
            f"{6000 + one.number}", client(one.record), one.network_id, one.day, one.organisations,
            ANSWER[one.parent], ANSWER[one.child],
        ]
        for one in ledger.plans_of(month)
    ]  # fmt: skip
    voices: list[list[Cell]] = [
        [one.number, one.day, PROGRAM[one.program_id], one.zone_id, *(SCALE[answer] for answer in one.answers)]
        for one in ledger.voices_of(month)
    ]
    return {
        "Staff": Table(STAFF_HEADER, staff),
        "Vacancies": Table(VACANCY_HEADER, vacancies),
        "Places": Table(PLACES_HEADER, places),
        "Consents": Table(CONSENT_HEADER, consents),
        "Benefits": Table(BENEFIT_HEADER, [benefit_row(one, month) for one in book.benefits_of(month)]),
        "Plans": Table(PLAN_HEADER, plans),
        "Voices": Table(VOICE_HEADER, voices),
    }


def benefit_row(one: Benefit, month: date) -> list[Cell]:
    """A screening, as known at the end of the month."""
    eligibility, decided, enrolled, source = one.known_on(month_end(month))
    return [
        f"{70000 + one.number}", client(one.record), BENEFIT[one.code], one.screened, ELIGIBLE[eligibility], decided,
        enrolled, WORD[source],
    ]  # fmt: skip


def client_row(entry: Enrolment, month: date) -> list[Cell]:
    """A client's episode; the client is repeated on every episode."""
    record = entry.record
    end = month_end(month)
    return [
        client(record), record.last_name, record.first_name, record.birth_date, SEX[record.sex],
        record.postal_code_on(end), record.phone, record.health_number, CONSENT[record.consent_on(end)],
        menage(record), ROLE[record.role], f"E{entry.number:06d}",
        PROGRAM[entry.program_id], entry.entry, known_by(entry.exit, month), LANGUAGE[record.language],
        DOOR[entry.entry_point], INTAKE[entry.intake_kind], *(NEED[need] for need in entry.needs),
        *[None] * (3 - len(entry.needs)),
    ]  # fmt: skip


def contacts(book: Book, month: date) -> Table:
    """Contacts of the month."""
    rows: list[list[Cell]] = [
        [
            f"{500000 + contact.number}", client(contact.record), PROGRAM[contact.program_id], contact.day,
            KIND[contact.kind], MODE[contact.mode], STATUS[contact.status], contact.minutes,
            f"{contact.timing.scheduled:%Y-%m-%dT%H:%M}" if contact.timing.scheduled else None,
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
        write_xlsx(paths[-1], sheets)
    return paths
