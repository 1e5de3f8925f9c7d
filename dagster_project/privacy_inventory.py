"""The privacy officer's inventory: what is held of whom, why, on what basis, for how long, and who receives it.

Belongs here: the document, from contracts, agreements, the catalogue and the proof of the release. Stays out: its words
(privacy_words.py), what contracts say (expectations), and any row: none is read.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dagster_project.contracts import Agreement, Column, Contract, Expectations
from dagster_project.privacy_words import PERSON_LEVEL, ROOMS, WORDS
from dagster_project.settings import PRIVATE_ROOMS, Settings

PROOF = "disclosure_proof.json"
# Rows of every dataset pass through these; into the steward's room come personal columns alone, of persons in doubt.
ROOMS_OF_ROWS = tuple(room for room in PRIVATE_ROOMS if room != "stewardship")


@dataclass(frozen=True)
class Inventory:
    """What the document is made of. `proof` is None where nothing published has one."""

    expectations: Expectations
    indicators: list[dict[str, str]]
    proof: dict[str, Any] | None
    day: date


def read_inventory(settings: Settings, expectations: Expectations, day: date) -> Inventory:
    """The expectations with the catalogue and the proof beside what is published, if any."""
    with (settings.dbt / "seeds" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        indicators = list(csv.DictReader(file))
    return Inventory(expectations, indicators, read_proof(settings.published / PROOF), day)


def read_proof(path: Path) -> dict[str, Any] | None:
    """The proof's keys and values; a list or a single value has no names and gets one."""
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {"proof": found}


def inventory_page(inventory: Inventory, language: str) -> str:
    """The document in Markdown."""
    words, initiative = WORDS[language], inventory.expectations.initiative
    contracts = inventory.expectations.contracts
    columns = [column for contract in contracts.values() for column in contract.columns]
    lines = [
        f"# {words['title'].format(initiative=initiative.name[language])}",
        words["intro"].format(day=inventory.day, contact=initiative.contact),
        "",
        f"## {words['in_short']}",
        words["short"].format(
            datasets=len(contracts),
            columns=len(columns),
            personal=sum(column.is_personal for column in columns),
            agencies=len(inventory.expectations.agreements),
        ),
        "",
        *_table(
            [words["room"], words["holds"], words["kept"]],
            (
                [f"`{room}`", held[language], _kept(inventory, room, words)]
                for room, held in {**ROOMS, **PERSON_LEVEL}.items()
            ),
        ),
        f"## {words['agreements']}",
    ]
    for agreement in inventory.expectations.agreements.values():
        lines += _agreement(inventory, agreement, language)
    lines.append(f"## {words['datasets']}")
    for _, contract in sorted(contracts.items()):
        lines += _dataset(inventory, contract, language)
    return "\n".join([*lines, *_proof(inventory.proof, language)]).rstrip() + "\n"


def _kept(inventory: Inventory, room: str, words: dict[str, str]) -> str:
    """How long a room keeps what it holds, by the settings of the initiative."""
    terms = vars(inventory.expectations.initiative.retention)
    if room == "journal":
        return words["kept_ever"]
    if room not in terms:
        return words["kept_as_archive"]
    return words["kept_months"].format(months=terms[room]) if terms[room] else words["kept_ever"]


def _agreement(inventory: Inventory, agreement: Agreement, language: str) -> list[str]:
    words = WORDS[language]
    start, end = agreement.valid_from, agreement.valid_to
    contracts = inventory.expectations.contracts
    identifiers = [
        _with(words, contracts["persons"].column(name).label[language], basis[language])
        for name, basis in agreement.identifier_basis.items()
    ]
    sent = [contracts[name].label[language] for name in agreement.datasets]
    rule = "required" if agreement.needs_consent_to_link else "presumed"
    stated = {
        "legal_basis": agreement.legal_basis[language],
        "consent": agreement.consent[language],
        "consent_rule": words[rule],
        "identifiers": " ".join(identifiers) or words["none"],
        "valid": words["from_to" if end else "from"].format(start=start, end=end),
        "frequency": words[f"every_{agreement.frequency}"],
        "sends": ", ".join(sent) or words["none"],
    }
    if not any(name == "persons" or contracts[name].names_person for name in agreement.datasets):
        del stated["consent_rule"]
    return [f"### {agreement.name[language]} (`{agreement.agency_id}`)", *_facts(words, stated)]


def _dataset(inventory: Inventory, contract: Contract, language: str) -> list[str]:
    words = WORDS[language]
    senders = [a.name[language] for a in inventory.expectations.agreements.values() if contract.dataset in a.datasets]
    used = [i[f"title_{language}"] for i in inventory.indicators if contract.dataset in i["datasets"].split(";")]
    sums = words[("no_sums", "sums_of_one", "sums")[min(len(used), 2)]]
    published = sums.format(count=len(used), indicators="; ".join(used))
    stated = {
        "grain": contract.grain[language],
        **{name: contract.handling[name][language] for name in ("purpose", "retention", "recipients")},
        "sent_by": ", ".join(senders) or words["nobody"],
        "rooms": ", ".join(f"`{room}`" for room in ROOMS_OF_ROWS),
        "public": contract.handling["published"][language] if "published" in contract.handling else published,
    }
    headers = [words[name] for name in ("column", "meaning", "kind", "basis_of", "purpose", "retention", "recipients")]
    headers += [words[name] for name in ("rooms", "warehouse", "public")]
    rows = (_column(inventory, contract, column, language, bool(used)) for column in contract.columns)
    return [f"### {contract.label[language]} (`{contract.dataset}`)", *_facts(words, stated), *_table(headers, rows)]


def _column(inventory: Inventory, contract: Contract, column: Column, language: str, is_used: bool) -> list[str]:
    """A column with its own words where it has any; its legal basis is that of each agency that sends it."""
    words = WORDS[language]
    names_person = contract.names_person or contract.dataset == "persons"
    # A row with anything that is not public is one of a person, of a family or of a service to them, in every column.
    about_person = any(other.classification != "public" for other in contract.columns)
    kind = {
        "personal": words["personal"],
        "sensitive": words["sensitive" if names_person else "sensitive_no_person"],
        "public": words["about_person" if about_person else "plain"],
    }[column.classification]
    senders = [
        agency_id
        for agency_id, agreement in inventory.expectations.agreements.items()
        if (contract.dataset, column.name) in agreement.collected_columns
    ]
    own = column.handling
    summed = words["in_sums"] if is_used and not column.is_personal else words["never"]
    published = own.get("published", contract.handling.get("published"))
    rooms = PRIVATE_ROOMS if column.is_personal else ROOMS_OF_ROWS
    return [
        f"`{column.name}`",
        column.label[language],
        kind,
        ", ".join(f"`{agency_id}`" for agency_id in senders) or words["nobody"],
        *(
            own[name][language] if name in own else words["as_dataset"]
            for name in ("purpose", "retention", "recipients")
        ),
        ", ".join(rooms),
        words["no" if column.is_personal else "yes"],
        published[language] if published else summed,
    ]


def _proof(proof: dict[str, Any] | None, language: str) -> list[str]:
    words = WORDS[language]
    file = f"data/published/{PROOF}"
    lines = [f"## {words['proof']}"]
    if proof is None:
        return [*lines, words["no_proof"].format(file=file)]
    rows = ([f"`{name}`", value] for name, value in _flat(proof))
    return [*lines, words["proof_intro"].format(file=file), "", *_table([words["key"], words["value"]], rows)]


def _flat(value: Any, name: str = "") -> Iterable[tuple[str, str]]:
    """Names and values of anything that JSON holds, with points between the names of what lies in one another."""
    inside = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else None
    if inside is None or not value:
        yield name, json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
        return
    for part, held in inside:
        yield from _flat(held, f"{name}.{part}" if name else str(part))


def _facts(words: dict[str, str], stated: dict[str, str]) -> list[str]:
    return [*(f"- **{_with(words, words[name] + '**', _one_line(text))}" for name, text in stated.items()), ""]


def _with(words: dict[str, str], what: str, which: str) -> str:
    return words["colon"].format(what=what, which=which)


def _table(headers: list[str], rows: Iterable[list[str]]) -> list[str]:
    written = [f"| {' | '.join(_cell(text) for text in row)} |" for row in rows]
    return [f"| {' | '.join(headers)} |", "|---" * len(headers) + "|", *written, ""]


def _cell(text: str) -> str:
    """A text that ends no cell."""
    return _one_line(text.replace("|", "\\|"))


def _one_line(text: str) -> str:
    return " ".join(text.split())
