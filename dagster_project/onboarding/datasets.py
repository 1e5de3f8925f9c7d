"""Datasets: what a table is of, and with which headers it feeds them; one sheet may feed several.

Belongs here: choosing among the contracts. Stays out: scoring headers (headers.py) and writing (agreement.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dagster_project.contracts import IDENTIFIERS, Column, Contract, Expectations
from dagster_project.onboarding.codes import CodeProposal, may_be_taken, our_codes, propose_codes
from dagster_project.onboarding.headers import SURE, Match, is_named_like, match_headers
from dagster_project.onboarding.profiles import Profile, profile_of
from dagster_project.onboarding.tables import ExampleTable
from dagster_project.onboarding.words import known_datasets, likeness

# Where people have no number, one is made of what tells them apart.
_MADE_FROM: dict[tuple[str, str], tuple[str, ...]] = {
    ("persons", "person_id_agency"): (),
    ("enrolments", "person_id_agency"): (),
    ("contacts", "person_id_agency"): (),
    ("enrolments", "enrolment_id_agency"): ("program_code", "entry_date"),
    ("contacts", "contact_id_agency"): ("program_code", "contact_date"),
}
_PERSON = ("last_name", "first_name", "birth_date")
# A further dataset is fed by a sheet when this many of its headers are used by no other.
_OWN_HEADERS = 2
_FED_TOO = ("enrolments", "contacts", "referrals")
# So many headers that fit nothing speak against a dataset; a standard's export has many more.
_MOST_UNUSED = 6
_MISSING = 2.5


@dataclass(frozen=True)
class DatasetMatch:
    """One dataset that a table feeds. `derived` columns are made of several headers, `missing` are required."""

    dataset: str
    confidence: int
    reason: str
    columns: dict[str, Match]
    derived: dict[str, list[str]]
    constants: dict[str, str]
    codes: dict[str, CodeProposal]
    missing: tuple[str, ...]
    left_out: dict[str, Match]
    repeats: bool
    score: float

    @property
    def headers(self) -> set[str]:
        return {m.header for m in self.columns.values()} | {h for made in self.derived.values() for h in made}


def match_table(table: ExampleTable, expectations: Expectations, agency_id: str) -> list[DatasetMatch]:
    """The datasets that a table feeds, the likeliest first; none where nothing fits."""
    profiles = {h: profile_of(table.values(h), len(table.rows)) for h in table.headers if h}
    matches = [
        _match(table, contract, expectations, agency_id, profiles) for contract in expectations.contracts.values()
    ]
    found: list[DatasetMatch] = []
    for match in sorted(_with_made_numbers(matches), key=lambda m: -m.score):
        own = match.headers - {header for earlier in found for header in _sure_headers(earlier)}
        if _is_fed_too(match, own) if found else _is_likely(match):
            found.append(match)
    return [_without_guesses(match, found, expectations) for match in found]


def _sure_headers(match: DatasetMatch) -> set[str]:
    made = {header for parts in match.derived.values() for header in parts}
    return made | {found.header for found in match.columns.values() if found.confidence >= SURE}


def _without_guesses(match: DatasetMatch, found: list[DatasetMatch], expectations: Expectations) -> DatasetMatch:
    """Without the optional columns that were given a header of which another dataset of the sheet is surer."""
    surer = {header for other in found if other is not match for header in _sure_headers(other)}
    contract = expectations.contracts[match.dataset]
    kept = {
        name: given
        for name, given in match.columns.items()
        if given.confidence >= SURE or given.header not in surer or contract.column(name).required
    }
    return replace(match, columns=kept, codes={name: codes for name, codes in match.codes.items() if name in kept})


def _is_likely(match: DatasetMatch) -> bool:
    """Whether a table is mainly of this dataset. A sheet of persons names them, or tells when they were born."""
    if match.score <= 0 or (match.missing and match.confidence < 40):
        return False
    return match.dataset != "persons" or bool({*_PERSON} & set(match.columns))


def _is_fed_too(match: DatasetMatch, own: set[str]) -> bool:
    """Persons are fed by any sheet that names them; another dataset by headers of its own."""
    if match.missing:
        return False
    sure = _sure_headers(match)
    if match.dataset == "persons":
        return len({"first_name", "last_name"} & set(match.columns)) == 2 and len(own & sure) >= _OWN_HEADERS
    days = {m.header for name, m in match.columns.items() if name.endswith("_date")}
    return match.dataset in _FED_TOO and len(own & sure) >= _OWN_HEADERS and bool(own & days)


def _match(
    table: ExampleTable,
    contract: Contract,
    expectations: Expectations,
    agency_id: str,
    profiles: Mapping[str, Profile],
) -> DatasetMatch:
    coded = {
        (column.name, header): proposal
        for column in contract.columns
        if column.is_coded and column.codes_from != "programs"
        for header, profile in profiles.items()
        if may_be_taken(column, profile) and is_named_like(column, header)
        for proposal in [_codes_of(table, header, column, expectations, agency_id)]
    }
    shares = {pair: proposal.share_known for pair, proposal in coded.items()}
    columns = match_headers(table.headers, table.names, profiles, contract, shares)
    left_out = {name: match for name, match in columns.items() if name in IDENTIFIERS}
    columns = {name: match for name, match in columns.items() if name not in IDENTIFIERS}
    derived, repeats = _derived(contract, columns)
    unfound = [c for c in contract.columns if c.required and c.name not in columns and c.name not in derived]
    constants = {c.name: _constant(c, agency_id) for c in unfound if _constant(c, agency_id)}
    missing = tuple(column.name for column in unfound if column.name not in constants)
    name_score, name_reason = _called(table, contract)
    codes = {name: coded[name, m.header] for name, m in columns.items() if (name, m.header) in coded}
    weights = sum(m.confidence / 100 * (1.5 if contract.column(n).required else 1) for n, m in columns.items())
    unused = sum(1 for header in table.headers if header and header not in {m.header for m in columns.values()})
    score = weights + 3 * name_score / 100 - _MISSING * len(missing) - 0.5 * min(unused, _MOST_UNUSED)
    certain = round(100 * max(0.0, min(1.0, score / max(1, len([h for h in table.headers if h])))))
    reason = f"{len(columns)} of {len([h for h in table.headers if h])} headers fit{name_reason}"
    return DatasetMatch(
        contract.dataset,
        certain,
        reason,
        columns,
        derived,
        constants,
        codes,
        missing,
        left_out,
        repeats or _rows_repeat(table, contract, columns),
        score,
    )


def _constant(column: Column, agency_id: str) -> str:
    """What a whole sheet may be of where no column says it: one programme, and referrals that were sent."""
    if column.codes_from == "programs":
        return only_program(agency_id)
    return "sent" if column.name == "direction_code" else ""


def only_program(agency_id: str) -> str:
    """The id of the programme of an agency whose files name none."""
    return f"{agency_id}_services"


def _codes_of(
    table: ExampleTable, header: str, column: Column, expectations: Expectations, agency_id: str
) -> CodeProposal:
    values = table.values(header)
    few = profile_of(values, len(table.rows)).is_few_codes
    return propose_codes(values, our_codes(column, expectations, agency_id), few)


def _derived(contract: Contract, columns: dict[str, Match]) -> tuple[dict[str, list[str]], bool]:
    """A person's number to be made where the sheet has none: of the name and the date of birth."""
    derived: dict[str, list[str]] = {}
    if contract.dataset == "persons" and "person_id_agency" not in columns and set(_PERSON) <= set(columns):
        derived["person_id_agency"] = [columns[name].header for name in _PERSON]
    return derived, bool(derived)


def _rows_repeat(table: ExampleTable, contract: Contract, columns: Mapping[str, Match]) -> bool:
    """Whether several rows stand for one person or enrolment."""
    if contract.dataset not in ("persons", "enrolments") or contract.key[0] not in columns:
        return False
    values = table.values(columns[contract.key[0]].header)
    return len(set(values)) < 0.9 * len(values)


def _with_made_numbers(matches: list[DatasetMatch]) -> list[DatasetMatch]:
    """Where persons of a sheet have a made number, its other datasets have the same one, and numbers made with it."""
    persons = next((m for m in matches if m.dataset == "persons" and m.derived), None)
    if persons is None:
        return matches
    person = persons.derived["person_id_agency"]
    completed = []
    for match in matches:
        derived = dict(match.derived)
        for (dataset, name), parts in _MADE_FROM.items():
            if dataset == match.dataset and name not in match.columns and all(p in match.columns for p in parts):
                derived[name] = [*person, *(match.columns[part].header for part in parts)]
        missing = tuple(name for name in match.missing if name not in derived)
        repeats = match.repeats or (bool(derived) and match.dataset in ("persons", "enrolments"))
        score = match.score + _MISSING * (len(match.missing) - len(missing))
        completed.append(replace(match, derived=derived, missing=missing, repeats=repeats, score=score))
    return completed


def _called(table: ExampleTable, contract: Contract) -> tuple[int, str]:
    """How alike the sheet's name, or the file's, is to a name of the dataset."""
    called = [table.sheet.rpartition(".")[0] or table.sheet] if table.sheet else []
    stem = "".join(" " if letter.isdigit() else letter for letter in table.file.stem).strip(" -_.")
    called += [] if table.sheet and table.kind == "workbook" else [stem]
    names = (*contract.label.values(), contract.dataset, *known_datasets().get(contract.dataset, ()))
    best: tuple[int, Any] = max(((likeness(one, name), one) for one in called for name in names), default=(0, ""))
    return (best[0], f", and '{best[1]}' is its name") if best[0] >= 80 else (0, "")
