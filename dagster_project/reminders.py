"""Reminders: for each agency that owes something a text ready to send, in its language, in its private folder.

Belongs here: the words, and writing them. Stays out: what is owed (calendar_status), and sending. A reminder names
datasets, periods and days; no file that came, no row, nobody served.
"""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path

from dagster_project.calendar_status import AgencyStatus, Calendar, Owed
from dagster_project.contracts import Agreement, Expectations
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole

WORDS = {
    "en": {
        "hello": "Hello,",
        "opening": "Your figures are missing from those of the initiative. By our records, {agency} has not yet sent:",
        "line": "- {dataset}, for {start} to {end}: due on {due}, {days} ago",
        "day": "{count} day",
        "days": "{count} days",
        "sent_back": " (a file came and was sent back; its annotated workbook says what to correct)",
        "last": "The last that we received from you came on {received}, for {start} to {end}.",
        "how": "How to send it: drop the file in your folder as usual, by the agreed safe way, under the agreed name:",
        "template": "  {dataset}: the template workbook, filled in",
        "nil": "Nothing to report for a period? Then an empty text file is enough: {name}. For one dataset only:"
        " {one}.",
        "trouble": "If something is in the way (a change of system, a vacancy, a question), a word is enough: we will"
        " find a way together, and until then your figures are shown as not received, not as zero.",
        "sent": "If you have sent it in the last few days, thank you; please disregard this message.",
        "ask": "Questions: {contact}. Please name no family in your reply, and attach no data to an e-mail.",
        "nil_word": "NIL",
    },
    "fr": {
        "hello": "Bonjour,",
        "opening": "Vos chiffres manquent à ceux de l'initiative. Selon nos registres, nous attendons toujours de"
        " {agency} :",
        "line": "- {dataset}, du {start} au {end} : attendu le {due}, il y a {days}",
        "day": "{count} jour",
        "days": "{count} jours",
        "sent_back": " (un fichier est arrivé et vous a été retourné; son classeur annoté indique quoi corriger)",
        "last": "Votre dernier envoi nous est parvenu le {received}, pour la période du {start} au {end}.",
        "how": "Comment l'envoyer : déposez le fichier dans votre dossier comme d'habitude, par la voie sécurisée"
        " convenue, sous le nom convenu :",
        "template": "  {dataset} : le classeur modèle, rempli",
        "nil": "Rien à déclarer pour une période? Un fichier texte vide suffit : {name}. Pour un seul jeu de données :"
        " {one}.",
        "trouble": "Si quelque chose vous en empêche (changement de système, poste vacant, question), un mot suffit :"
        " nous trouverons une solution ensemble; d'ici là, vos chiffres sont présentés comme non reçus, et non comme"
        " zéro.",
        "sent": "Si vous l'avez envoyé ces derniers jours, merci; ne tenez pas compte de ce message.",
        "ask": "Questions : {contact}. Veuillez ne nommer aucune famille dans votre réponse et ne joindre aucune donnée"
        " à un courriel.",
        "nil_word": "AUCUN",
    },
}


def write_reminders(settings: Settings, expectations: Expectations, calendar: Calendar) -> list[Path]:
    """Write a reminder for each agency that owes something; return their paths."""
    written = []
    for status in calendar.agencies:
        agreement = expectations.agreements.get(status.agency_id)
        if agreement is not None and status.owed:
            path = settings.feedback / status.agency_id / f"reminder_{calendar.as_of}.txt"
            write_whole(path, reminder_text(expectations, agreement, status, calendar.as_of).encode())
            written.append(path)
    return written


def reminder_text(expectations: Expectations, agreement: Agreement, status: AgencyStatus, as_of: date) -> str:
    language = agreement.language
    words = WORDS[language]
    labels = {name: contract.label[language] for name, contract in expectations.contracts.items()}
    first = status.owed[0]
    # One day of the period as a nil return writes it.
    month = first.period_start.strftime("%Y-%m")
    nil = f"{words['nil_word']}_{month}"
    lines = [words["hello"], "", words["opening"].format(agency=agreement.name[language]), ""]
    lines += [_line(words, labels[owed.dataset], owed, as_of) for owed in status.owed]
    if status.last_received is not None:
        start, end = status.last_period_start, status.last_period_end
        lines += ["", words["last"].format(received=status.last_received, start=start, end=end)]
    lines += ["", words["how"], *_names(words, labels, agreement, status.owed)]
    lines += ["", words["nil"].format(name=f"{nil}.txt", one=f"{nil}_{first.dataset}.txt")]
    lines += ["", words["trouble"], "", words["sent"], "", words["ask"].format(contact=expectations.initiative.contact)]
    return "\n".join(lines) + "\n"


def _line(words: dict[str, str], label: str, owed: Owed, as_of: date) -> str:
    count = (as_of - owed.due_date).days
    days = words["day" if count == 1 else "days"].format(count=count)
    line = words["line"].format(
        dataset=label, start=owed.period_start, end=owed.period_end, due=owed.due_date, days=days
    )
    return line + (words["sent_back"] if owed.state == "rejected" else "")


def _names(words: dict[str, str], labels: dict[str, str], agreement: Agreement, owed: list[Owed]) -> list[str]:
    """Under which names the owed datasets come, each name once; what comes by the template is said to."""
    lines = []
    for start, of_period in groupby(owed, key=lambda one: one.period_start):
        for one in of_period:
            if one.dataset in agreement.by_template:
                lines.append(words["template"].format(dataset=labels[one.dataset]))
                continue
            lines += [
                f"  {_name_of(file.pattern, start)}"
                for file in agreement.files
                if file.nil_tick is None and any(extract.dataset == one.dataset for extract in file.extracts)
            ]
    return list(dict.fromkeys(lines))


def _name_of(pattern: str, start: date) -> str:
    return pattern.replace("{yyyy}", f"{start:%Y}").replace("{mm}", f"{start:%m}").replace("*", "")
