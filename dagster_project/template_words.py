"""The words of a template in both languages, and its first sheet: what to do, until when, and whom to ask.

Belongs here: words. Stays out: the layout (templates.py), and words of columns and codes, which are the contracts'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from dagster_project.contracts import Agreement, Contract, Initiative, Period
from dagster_project.contracts.template_kind import sheet_name
from dagster_project.words import MONTHS

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "instructions": "Instructions",
        "lists": "Lists",
        "sheets": "The sheets",
        "title": "{agency}: what to send",
        "nothing": "Nothing to report this month",
        "tick": "Choose x when this list is empty for the period. Leave it blank otherwise.",
        "required": "Required.",
        "list": "Choose from the list.",
        "date": "Date, as 2026-03-31.",
        "timestamp": "Date and time, as 2026-03-31 14:05.",
        "number": "A number.",
        "string": "",
        "other": "Look at the help in row 3.",
    },
    "fr": {
        "instructions": "Instructions",
        "lists": "Listes",
        "sheets": "Les feuilles",
        "title": "{agency} : quoi transmettre",
        "nothing": "Rien à déclarer ce mois-ci",
        "tick": "Choisissez x si cette liste est vide pour la période. Sinon, laissez la cellule vide.",
        "required": "Obligatoire.",
        "list": "Choisissez dans la liste.",
        "date": "Date, sous la forme 2026-03-31.",
        "timestamp": "Date et heure, sous la forme 2026-03-31 14:05.",
        "number": "Un nombre.",
        "string": "",
        "other": "Consultez l'aide à la ligne 3.",
    },
}
_LINES: dict[str, list[tuple[str, str]]] = {
    "en": [
        (
            "Period",
            "{months}: from {start} to {end}. For another period, save the workbook under the name of its first "
            "month, such as {next_name}.",
        ),
        ("Until when", "{due}."),
        (
            "What to fill",
            "One sheet for each list, named below. Begin in row 5, one line for each person, service, "
            "visit and so on. Leave the sheets' names and the headers in row 4 as they are.",
        ),
        (
            "Which columns",
            "Dark headers are required. The others are asked for where you know the answer: leave a cell "
            "blank when you do not. A blank and a 0 are not the same.",
        ),
        (
            "Lists and dates",
            "Where a cell offers a list, choose from it. Write dates as 2026-03-31 and numbers without "
            "units. What you paste is not checked by the workbook, but by us.",
        ),
        (
            "Nothing to report",
            "Choose x in cell B2 of the sheet. It tells us that nothing happened, which silence does not.",
        ),
        (
            "How to drop it",
            "Save it as an Excel workbook (.xlsx) named {name} and put it into your agency's folder "
            "({agency_id}), by the secure way that your agreement names. Never send it by e-mail.",
        ),
        ("Our answer", "You receive a workbook that says what was read, and what to look at, line by line."),
        (
            "A mistake?",
            "Send the corrected rows alone under the same name with _correction behind it, such as "
            "{correction}, or drop the whole workbook again.",
        ),
        (
            "Privacy",
            "Once filled, this workbook holds personal information: keep it where you keep your files, write no "
            "notes about anyone beside the columns, and do not pass it on.",
        ),
        ("Questions", "{contact}"),
    ],
    "fr": [
        (
            "Période",
            "{months} : du {start} au {end}. Pour une autre période, enregistrez le classeur sous le nom de son "
            "premier mois, comme {next_name}.",
        ),
        ("Date limite", "{due}."),
        (
            "Quoi remplir",
            "Une feuille par liste, nommée ci-dessous. Commencez à la ligne 5, une ligne par personne, "
            "service, visite, etc. Ne changez ni le nom des feuilles ni les en-têtes de la ligne 4.",
        ),
        (
            "Quelles colonnes",
            "Les en-têtes foncés sont obligatoires. Les autres colonnes se remplissent lorsque vous "
            "connaissez la réponse; sinon, laissez la cellule vide. Une cellule vide et un 0 n'ont pas "
            "le même sens.",
        ),
        (
            "Listes et dates",
            "Lorsqu'une cellule propose une liste, choisissez-y la réponse. Inscrivez les dates sous la "
            "forme 2026-03-31 et les nombres sans unité. Ce qui est collé n'est pas vérifié par le "
            "classeur; nous le vérifions à la réception.",
        ),
        (
            "Rien à déclarer",
            "Choisissez x dans la cellule B2 de la feuille. Nous saurons ainsi qu'il ne s'est rien "
            "passé, ce qu'un silence ne dit pas.",
        ),
        (
            "Comment le déposer",
            "Enregistrez-le comme classeur Excel (.xlsx) sous le nom {name} et déposez-le dans le "
            "dossier de votre organisme ({agency_id}), par le moyen sécurisé prévu à votre entente. "
            "Ne l'envoyez jamais par courriel.",
        ),
        (
            "Notre réponse",
            "Vous recevrez un classeur qui indique ce qui a été lu et ce qu'il faut revoir, ligne par ligne.",
        ),
        (
            "Une erreur?",
            "Transmettez seulement les lignes corrigées sous le même nom suivi de _correction, comme "
            "{correction}, ou déposez de nouveau le classeur entier.",
        ),
        (
            "Vie privée",
            "Une fois rempli, ce classeur contient des renseignements personnels : conservez-le avec vos "
            "dossiers, n'inscrivez aucune note sur quiconque à côté des colonnes et ne le transmettez à "
            "personne d'autre.",
        ),
        ("Questions", "{contact}"),
    ],
}


def template_name(agreement: Agreement, period: Period) -> str:
    return f"dorsale_{agreement.agency_id}_{period.start:%Y-%m}.xlsx"


def instructions(
    initiative: Initiative, agreement: Agreement, contracts: Sequence[Contract], period: Period
) -> Iterator[tuple[str, str]]:
    """Heading and text of each line of the first sheet, then each sheet and what one of its rows is."""
    language = agreement.language
    name, after = template_name(agreement, period), period.end + timedelta(days=1)
    known = {
        "months": _months(period, language),
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "due": after.replace(day=agreement.due_day).isoformat(),
        "name": name,
        "next_name": template_name(agreement, agreement.period_of(after)),
        "correction": name.replace(".xlsx", "_correction.xlsx"),
        "agency_id": agreement.agency_id,
        "contact": initiative.contact,
    }
    for heading, text in _LINES[language]:
        yield heading, text.format(**known)
    yield "", ""
    yield WORDS[language]["sheets"], ""
    for contract in contracts:
        yield sheet_name(contract, language), contract.grain[language]


def _months(period: Period, language: str) -> str:
    first, last = (f"{MONTHS[language][day.month - 1]} {day.year}" for day in (period.start, period.end))
    return (first if first == last else f"{first} – {last}").capitalize()
