"""Contracts, agreements and the initiative: what is expected, loaded and checked before anything runs.

Belongs here: everything read from `expectations/`. Stays out: what the partners sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from dagster_project.contracts.agreements import (
    IDENTIFIERS,
    OUTSIDE,
    Agreement,
    Extract,
    FileKind,
    Period,
    load_agreements,
)
from dagster_project.contracts.datasets import Column, Contract, Rule, Severity, Words, load_contracts
from dagster_project.contracts.findings import READING_FAULTS, FindingWords, load_finding_words
from dagster_project.contracts.initiative import Initiative, load_initiative
from dagster_project.contracts.plausibility import Plausibility
from dagster_project.contracts.retention import Retention
from dagster_project.contracts.template_kind import template_kind
from dagster_project.contracts.yaml_places import ExpectationsError, Problem
from dagster_project.whole_files import fingerprint

__all__ = [
    "IDENTIFIERS",
    "OUTSIDE",
    "READING_FAULTS",
    "Agreement",
    "Column",
    "Contract",
    "Expectations",
    "ExpectationsError",
    "Extract",
    "FileKind",
    "FindingWords",
    "Initiative",
    "Period",
    "Plausibility",
    "Problem",
    "Retention",
    "Rule",
    "Severity",
    "Words",
    "load_expectations",
]


@dataclass(frozen=True)
class Expectations:
    """All that is expected: `fingerprint` changes whenever a file of the folder does."""

    initiative: Initiative
    contracts: dict[str, Contract]
    agreements: dict[str, Agreement]
    finding_words: dict[str, FindingWords]
    fingerprint: str

    def codes_for(self, column: Column, agreement: Agreement) -> set[str]:
        """Our codes that a coded column may hold in rows of this agency."""
        if column.codes:
            return {code.code for code in column.codes}
        return {
            **self.initiative.code_lists,
            "programs": {program.program_id for program in agreement.programs},
            "agencies": set(self.agreements) | {OUTSIDE},
        }[str(column.codes_from)]


def load_expectations(folder: Path) -> Expectations:
    """Load the whole folder `expectations/`; unchanged files are checked once in a process.

    Raises `ExpectationsError`, which lists every problem with its file, line and remedy.
    """
    return _load(folder, fingerprint(folder))


@lru_cache(maxsize=4)
def _load(folder: Path, folder_fingerprint: str) -> Expectations:
    initiative, initiative_document = load_initiative(folder / "initiative.yml")
    contracts, contract_documents = load_contracts(folder / "datasets")
    words, words_document = load_finding_words(folder / "findings.yml")
    documents = [initiative_document, *contract_documents, words_document]
    agreements: dict[str, Agreement] = {}
    # Agreements are judged by sound contracts only: else each would complain of the dataset that is missing.
    if initiative is not None and not any(document.problems for document in contract_documents):
        agreements, agreement_documents = load_agreements(
            folder / "partners", folder / "profiles", contracts, initiative
        )
        documents += agreement_documents
    problems = [problem for document in documents for problem in document.problems]
    if problems or initiative is None:
        raise ExpectationsError(problems)
    # Every agency may send the template, whatever else it agreed to send; its own kinds of file are tried first.
    with_template = {
        agency_id: replace(a, files=(*a.files, template_kind(a, contracts, initiative, agreements)))
        for agency_id, a in agreements.items()
    }
    return Expectations(initiative, contracts, with_template, words, folder_fingerprint)
