"""Finding pages: every code of a finding in both languages, with what it means and what to do, for docs/.

Belongs here: the pages' layout, from expectations/findings.yml and the contracts' rules; `make docs` writes them. Stays
out: words of findings, and finding anything.
"""

from __future__ import annotations

import re

from dagster_project.contracts import Contract, Expectations, load_expectations
from dagster_project.feedback.words import WORDS
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole

PAGES = {"en": "findings.en.md", "fr": "constats.fr.md"}
_PAGE = {
    "en": {
        "title": "Findings",
        "note": "Written by `make docs` from `expectations/findings.yml` and the contracts: change those, not "
        "this page.",
        "intro": "Each finding of a return, of `dorsale check` and of `dorsale read` has a code. In its words, … "
        "stands for the column, the sheet or the number in question. `dorsale check` exits with 3 where a"
        " file is sent back, 2 where rows are set aside or the file waits, 1 where something is only to "
        "be checked, and 0 where nothing was found.",
        "any": "Of any file",
        "of": "Of {dataset}",
        "columns": "| code | finding | what follows | what it means | what to do |",
        "own": "| code | column | what follows | what it means | what to do |",
    },
    "fr": {
        "title": "Constats",
        "note": "Page produite par `make docs` à partir de `expectations/findings.yml` et des contrats : modifiez"
        " ceux-ci, pas cette page.",
        "intro": "Chaque constat d'un retour, de `dorsale check` et de `dorsale read` porte un code. Dans son "
        "texte, … tient la place de la colonne, de la feuille ou du nombre en question. `dorsale check` "
        "se termine par 3 lorsqu'un fichier est à renvoyer, 2 lorsque des lignes sont mises de côté ou "
        "que le fichier attend, 1 lorsqu'il n'y a qu'à vérifier et 0 lorsqu'il n'y a aucun constat.",
        "any": "De tout fichier",
        "of": "{dataset}",
        "columns": "| code | constat | effet | ce que cela signifie | que faire |",
        "own": "| code | colonne | effet | ce que cela signifie | que faire |",
    },
}  # fmt: skip
_RULE = "|---|---|---|---|---|"
_PLACE = re.compile(r"\{\w+\}")


def finding_page(expectations: Expectations, language: str) -> str:
    """The page of a language, in Markdown: first the codes that any file may get, then each dataset's own."""
    words, severities = _PAGE[language], WORDS[language]
    lines = [
        f"# {words['title']}",
        words["note"],
        "",
        words["intro"],
        "",
        f"## {words['any']}",
        words["columns"],
        _RULE,
    ]
    for code, entry in expectations.finding_words.items():
        texts = (entry.label, entry.message, entry.remedy)
        label, message, remedy = (_cell(text[language]) for text in texts)
        lines.append(f"| `{code}` | {label} | {severities[entry.severity]} | {message} | {remedy} |")
    for contract in sorted(expectations.contracts.values(), key=lambda contract: contract.label[language]):
        if contract.rules:
            heading = words["of"].format(dataset=contract.label[language])
            lines += ["", f"## {heading}", words["own"], _RULE, *_own(contract, language)]
    return "\n".join(lines) + "\n"


def _own(contract: Contract, language: str) -> list[str]:
    severities = WORDS[language]
    return [
        f"| `{rule.rule_id}` | {contract.column(rule.column).label[language]} | {severities[rule.severity]} | "
        f"{_cell(rule.message[language])} | {severities['check' if rule.severity == 'warn' else 'correct']} |"
        for rule in contract.rules
    ]


def _cell(text: str) -> str:
    return _PLACE.sub("…", text).replace("|", "\\|")


def write_pages(settings: Settings) -> None:
    """Write docs/findings.en.md and docs/constats.fr.md."""
    expectations = load_expectations(settings.expectations)
    for language, name in PAGES.items():
        write_whole(settings.project / "docs" / name, finding_page(expectations, language).encode())


if __name__ == "__main__":
    write_pages(Settings.from_environment())
