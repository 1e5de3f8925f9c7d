"""The backbone: three workbooks a month, two in French of its register and the situation table, one of the networks.

The register and the networks are sent whole every month; the table sends what is new or has changed in the month.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from dagster_project.demonstration.agencies.backbone_codes import (
    ACTIVITY,
    AGREEMENT,
    ANSWER,
    APPROVER,
    BODY,
    CLOSURE,
    COST,
    EVIDENCE,
    GAP,
    MEASURE,
    MEETING,
    SCORE,
    SOURCE,
    THRESHOLD,
    YES_NO,
    ZONE,
)
from dagster_project.demonstration.backbone import BackboneBook
from dagster_project.demonstration.backbone.networks import QUESTIONS
from dagster_project.demonstration.backbone.partnership import DIMENSIONS, STAGES, Rating
from dagster_project.demonstration.backbone.register import REGISTER, Organisation
from dagster_project.demonstration.backbone.situation_table import Service, Situation
from dagster_project.demonstration.books import known_by
from dagster_project.demonstration.months import month_end, month_of
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import write_nil, write_xlsx

TITLES = ["Boussole familiale : organisme de soutien"]
NETWORK_DATASETS = ("network_members", "network_survey", "network_passages", "partnership_ratings")
REGISTER_SHEETS, TABLE_SHEETS, NETWORK_SHEETS = (
    (
        "Partenaires", "Populations", "Rencontres", "Décisions", "Financement", "Activités", "Conditions", "Ressources",
        "Ententes",
    ),
    ("Situations", "Interventions", "Facteurs", "Services", "Séances", "Lacunes"),
    ("Members", "Survey", "Passages", "Ratings"),
)  # fmt: skip


def tables(book: BackboneBook, month: date) -> Tables:
    """All sheets of the three workbooks."""
    return register_tables(book, month) | situation_tables(book, month) | network_tables(book, month)


def register_tables(book: BackboneBook, month: date) -> Tables:
    """The register: everything known by the end of the month."""
    end, minutes, community = month_end(month), book.governance, book.community
    partners = [partner_row(one, month) for one in REGISTER if one.since <= end]
    return {
        "Partenaires": sheet(
            "Code,Nom,Secteur,Autochtone,Francophone,Permanent à la table,Depuis,Jusqu'à,Plan signé le,"
            "Plan valide jusqu'au,Nommé publiquement,Approbation par,Approuvé le", partners,
        ),
        "Populations": sheet("Population,Zone,Date,Familles,Source", (
            ["Familles adoptives", ZONE[one.zone_id], one.counted, one.families, "Registre des adoptions (fictif)"]
            for one in community.populations if one.counted <= end
        )),
        "Rencontres": sheet("No,Date,Type,Partenaire,Présences", (
            [f"R{one.number:03d}", one.day, MEETING[one.kind], partner, present]
            for one in minutes.meetings if one.day <= end for partner, present in one.present.items()
        )),
        "Décisions": sheet("No,Date,Instance,Indicateurs cités", (
            [f"D{one.number:03d}", one.day, BODY[one.body], ";".join(one.cited)]
            for one in minutes.decisions if one.day <= end
        )),
        "Financement": sheet("No,Exercice,Montant,Provenance,Arrimé au plan,Bénéficiaire", (
            [f"F{one.number:03d}", one.fiscal_year, one.amount, SOURCE[one.source], ANSWER[one.is_aligned],
             one.partner_id]
            for one in minutes.funding if one.known <= end
        )),
        "Activités": sheet("No,Date,Activité,Preuve", (
            [f"A{one.number:03d}", one.day, ACTIVITY[one.activity], EVIDENCE[one.evidence]]
            for one in minutes.activities if one.day <= end
        )),
        "Conditions": sheet("Mesure,Zone,Début,Fin,Valeur,Population,Source", (
            [MEASURE[one.measure], ZONE[one.zone_id], date(one.year, 1, 1), date(one.year, 12, 31), one.value,
             one.population, one.source]
            for one in community.conditions if one.known <= end
        )),
        "Ressources": sheet("No,Zone,Créée le,Coût public", (
            [f"RC{one.number:03d}", ZONE[one.zone_id], one.created, COST[one.cost]]
            for one in community.resources if one.created <= end
        )),
        "Ententes": sheet("No,Partenaire,Autre partenaire,Type,En vigueur le,Fin", (
            [f"E{one.number:03d}", one.partner, one.other, AGREEMENT[one.kind], one.signed, known_by(one.ended, month)]
            for one in book.partnership.agreements if one.signed <= end
        )),
    }  # fmt: skip


def partner_row(one: Organisation, month: date) -> list[Cell]:
    """A partner as the register knows it at the end of a month."""
    is_known = "?" not in one.traits
    return [
        one.partner_id, one.name, one.sector, YES_NO["I" in one.traits if is_known else None],
        YES_NO["F" in one.traits if is_known else None], YES_NO["C" in one.traits], one.since,
        known_by(one.until, month), known_by(one.signed, month),
        one.signed_until if known_by(one.signed, month) else None, YES_NO["N" not in one.traits],
        APPROVER[one.approver], known_by(one.approved, month),
    ]  # fmt: skip


def situation_tables(book: BackboneBook, month: date) -> Tables:
    """The table's month: what is new, and situations about which something has become known."""
    table = book.table
    changed = [one for one in table.situations if month in months_of(one)]
    gaps = [one for one in table.gaps if month in {month_of(day) for day in (one.recorded, one.acted) if day}]
    return {
        "Situations": sheet(
            "No,Présentée le,Déjà présentée,Seuil,Zone,Présentée par,Retenue le,Heure,Première intervention,Fermée le,"
            "Motif de fermeture", (situation_row(one, month) for one in changed),
        ),
        "Interventions": sheet("No,Date,Partenaire,Rôle", (
            [situation_number(one), day, partner, "Assiste" if place else "Responsable"]
            for one in table.situations for day, partners in one.interventions if month_of(day) == month
            for place, partner in enumerate(partners)
        )),
        "Facteurs": sheet("No,Catégorie", (
            [situation_number(one), factor]
            for one in table.situations if month_of(one.presented) == month for factor in one.factors
        )),
        "Services": sheet("No,Service,Partenaire,Date,Adapté à la culture", (
            service_row(one, service)
            for one in table.situations for service in one.services if month_of(service.day) == month
        )),
        "Séances": sheet("No,Date,Tenue,Partenaire,Présent", (
            [f"T{one.number:03d}", one.day, YES_NO[one.was_held], partner, YES_NO[came] if one.was_held else None]
            for one in table.sessions if month_of(one.day) == month for partner, came in one.present.items()
        )),
        "Lacunes": sheet("No,Consignée le,Type,Mesure prise le", (
            [f"L{one.number:03d}", one.recorded, GAP[one.kind], known_by(one.acted, month)] for one in gaps
        )),
    }  # fmt: skip


def months_of(one: Situation) -> set[date]:
    """The months in which something became known of a situation."""
    days = (one.presented, day_of(one.first_intervention), one.closed)
    return {month_of(day) for day in days if day is not None}


def situation_row(one: Situation, month: date) -> list[Cell]:
    """A situation as it is known at the end of a month; day and time of acceptance stand in two columns."""
    is_closed = known_by(one.closed, month) is not None
    return [
        situation_number(one), one.presented, ANSWER[one.presented_before], THRESHOLD[one.threshold], ZONE[one.zone_id],
        one.presented_by, day_of(one.accepted), f"{one.accepted:%Hh%M}" if one.accepted else None,
        one.first_intervention if known_by(day_of(one.first_intervention), month) else None,
        one.closed if is_closed else None, CLOSURE[one.closure if is_closed else ""],
    ]  # fmt: skip


def day_of(moment: date | None) -> date | None:
    """The day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def service_row(one: Situation, service: Service) -> list[Cell]:
    """A service given at an intervention."""
    return [
        situation_number(one), service.kind, service.partner_id, service.day, YES_NO[service.is_of_culture]
    ]  # fmt: skip


def situation_number(one: Situation) -> str:
    """A running number."""
    return f"S{one.number:04d}"


def network_tables(book: BackboneBook, month: date) -> Tables:
    """What the networks and the partners answered so far; nothing in the month before the first wave."""
    end, networks = month_end(month), book.networks
    return {
        "Members": sheet("Wave,Network,Organisation,Sector", (
            [one.wave, one.network, one.organisation, one.sector]
            for one in networks.members if one.day <= end
        )),
        "Survey": sheet(",".join(["Sheet", "Wave", "Network", "Sector", *QUESTIONS]), (
            [one.number, one.wave, one.network, one.sector, *(SCORE[answer] for answer in one.answers)]
            for one in networks.sheets if one.day <= end
        )),
        "Passages": sheet("Passage,Wave,Network,Theme,Coded as", (
            [f"P{one.number:04d}", one.wave, one.network, one.theme, one.factor]
            for one in networks.passages if one.day <= end
        )),
        "Ratings": Table(
            ["Wave", "Rater", "Rated", *(f"{name} {when}" for name in DIMENSIONS for when in ("now", "wanted"))],
            rating_forms([one for one in book.partnership.ratings if one.day <= end]),
        ),
    }  # fmt: skip


def rating_forms(ratings: list[Rating]) -> list[list[Cell]]:
    """One row per form that a partner filled in on another: the stages of all dimensions side by side."""
    forms: dict[tuple[str, str, str], list[Cell]] = {}
    for one in ratings:
        form = forms.setdefault((one.wave, one.rater, one.rated), [one.wave, one.rater, one.rated])
        form += [STAGES.index(one.now) + 1, STAGES.index(one.wanted) + 1 if one.wanted else None]
    return list(forms.values())


def sheet(header: str, rows: Iterable[list[Cell]]) -> Table:
    """A sheet with its headers, which stand in one text."""
    return Table(header.split(","), list(rows))


def write(folder: Path, month_tables: Tables, month: date, suffix: str = "") -> list[Path]:
    """Write the month's workbooks; one about which there is nothing to report is a nil return for each dataset."""
    paths = []
    for stem, sheets, titles in (
        ("registre", REGISTER_SHEETS, TITLES), ("table", TABLE_SHEETS, TITLES), ("reseaux", NETWORK_SHEETS, None),
    ):  # fmt: skip
        chosen = {name: month_tables[name] for name in sheets}
        if any(table.rows for table in chosen.values()):
            paths.append(folder / f"{stem}_{month:%Y-%m}{suffix}.xlsx")
            write_xlsx(paths[-1], chosen, titles)
        else:
            paths += [write_nil(folder, month, dataset) for dataset in NETWORK_DATASETS]
    return paths
