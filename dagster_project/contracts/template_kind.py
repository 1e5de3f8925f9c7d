"""The template as a kind of file: how a filled template is read, and what its sheets, headers and lists are called.

Belongs here: what the writer of templates and intake must agree on, derived from contracts and agreements. Stays out:
the workbook itself (templates.py) and reading it (intake).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dagster_project.contracts.agreements import IDENTIFIERS, OUTSIDE, Agreement, Extract, FileKind
from dagster_project.contracts.datasets import Column, Contract, Words
from dagster_project.contracts.initiative import Initiative
from dagster_project.words import SECTORS

HEADER_ROW = 4
NIL_TICK = "B2"
OUTSIDE_NAME = {"en": "An organisation outside the initiative", "fr": "Un organisme extérieur à l'initiative"}
# A spreadsheet's own limits on the names of sheets.
LONGEST_SHEET_NAME = 31
NOT_IN_SHEET_NAMES = str.maketrans("", "", "[]:*?/\\")


@dataclass(frozen=True)
class TemplateColumn:
    """A column of a template's sheet: ours, under a label, with the label of each code (label: our code)."""

    column: Column
    header: str
    codes: dict[str, str]


def template_pattern(agency_id: str) -> str:
    return f"dorsale_{agency_id}_{{yyyy}}-{{mm}}*.xlsx"


def template_kind(
    agreement: Agreement, contracts: dict[str, Contract], initiative: Initiative, agreements: dict[str, Agreement]
) -> FileKind:
    """The kind of file that a filled template of this agency is: a sheet for each dataset that it sends."""
    delivered = {agreement.delivers(dataset) for dataset in agreement.datasets}
    return FileKind(
        pattern=template_pattern(agreement.agency_id),
        kind="workbook",
        header_row=HEADER_ROW,
        # Cells are numbers; what is pasted as text is written as the language does.
        decimal_mark="," if agreement.language == "fr" else ".",
        delivers=delivered.pop() if len(delivered) == 1 else "changes",
        extracts=tuple(
            _extract(agreement, contracts[dataset], initiative, agreements) for dataset in agreement.datasets
        ),
        nil_tick=NIL_TICK,
    )


def sheet_name(contract: Contract, language: str) -> str:
    return contract.label[language].translate(NOT_IN_SHEET_NAMES)[:LONGEST_SHEET_NAME].strip(" '")


def template_columns(
    agreement: Agreement, contract: Contract, initiative: Initiative, agreements: dict[str, Agreement]
) -> list[TemplateColumn]:
    """The contract's columns that this agency may fill, in the order of the contract.

    Left out: tokens, which are never typed; numbers for whose use the agreement names no legal basis; and what the
    agency could choose nothing for, such as a wave where the initiative has none.
    """
    columns = []
    for column in contract.columns:
        if column.name == "link_tokens" or (column.name in IDENTIFIERS and column.name not in agreement.identifiers):
            continue
        codes = _codes(column, agreement, initiative, agreements)
        if codes or not column.is_coded or column.required:
            columns.append(TemplateColumn(column, column.label[agreement.language], codes))
    return columns


def _extract(
    agreement: Agreement, contract: Contract, initiative: Initiative, agreements: dict[str, Agreement]
) -> Extract:
    columns = template_columns(agreement, contract, initiative, agreements)
    return Extract(
        dataset=contract.dataset,
        sheet=sheet_name(contract, agreement.language),
        join_sheet=None,
        join_key=None,
        leave_out_where_filled=None,
        repeats=False,
        columns={c.column.name: c.header for c in columns},
        codes={c.column.name: c.codes for c in columns if c.codes},
    )


def _codes(
    column: Column, agreement: Agreement, initiative: Initiative, agreements: dict[str, Agreement]
) -> dict[str, str]:
    language = agreement.language
    if column.codes:
        return _labels(((code.code, code.label) for code in column.codes), language)
    entries: Iterable[tuple[str, Words]] = ()
    match column.codes_from:
        case "programs":
            entries = ((p.program_id, p.name) for p in agreement.programs)
        case "agencies":
            others = (a for a in agreements.values() if a.agency_id != agreement.agency_id)
            entries = [*((a.agency_id, a.name) for a in others), (OUTSIDE, OUTSIDE_NAME)]
        case "zones":
            entries = ((z.zone_id, z.name) for z in initiative.zones)
        case "instruments":
            entries = ((i.instrument_id, i.name) for i in initiative.instruments)
        case "sectors":
            entries = SECTORS.items()
        case "waves":
            entries = ((w.wave_id, w.name) for w in initiative.waves)
        case "networks":
            entries = ((n.network_id, n.name) for n in initiative.networks)
        case "populations":
            entries = ((p.population_id, p.name) for p in initiative.populations)
    return _labels(entries, language)


def _labels(entries: Iterable[tuple[str, Words]], language: str) -> dict[str, str]:
    """Label: code. Two codes of one name are told apart by their code behind it."""
    named = [(" ".join(words[language].split()), code) for code, words in entries]
    times = Counter(name.casefold() for name, _ in named)
    return {name if times[name.casefold()] == 1 else f"{name} ({code})": code for name, code in named}
