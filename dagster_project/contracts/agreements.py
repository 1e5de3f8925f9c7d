"""Agreements: which files a partner sends, and how their columns and codes become ours.

Belongs here: loading and checking `expectations/partners/*.yml` and the profiles they extend. Stays out: reading files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from dagster_project.contracts.datasets import Contract, Words
from dagster_project.contracts.initiative import Initiative, own_schema
from dagster_project.contracts.yaml_places import Document, check_schema, did_you_mean, load_document
from dagster_project.words import SECTORS

OUTSIDE = "outside"
# Numbers given by a state or a school: read only where an agreement names the legal basis for using them.
IDENTIFIERS = ("national_number", "health_number", "school_number")


@dataclass(frozen=True)
class Period:
    """First and last day for which a submission speaks."""

    start: date
    end: date


@dataclass(frozen=True)
class Program:
    """A programme of an agency; `population` is the known population it serves, None where its size is not known."""

    program_id: str
    name: Words
    codes: tuple[str, ...]
    records_destinations: bool
    instruments: tuple[str, ...]
    population: str | None


@dataclass(frozen=True)
class Extract:
    """How one sheet feeds one dataset. A value of `columns` is a header or {constant|join|derive|flags: ...}."""

    dataset: str
    sheet: str | None
    join_sheet: str | None
    join_key: str | None
    leave_out_where_filled: str | None
    repeats: bool
    columns: dict[str, Any]
    codes: dict[str, dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """One kind of file a partner sends: its name's pattern, its dialect and the extracts in it."""

    pattern: str
    kind: str
    delivers: str
    extracts: tuple[Extract, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header_row: int = 1
    totals_label: str | None = None
    date_format: str = "%Y-%m-%d"
    decimal_mark: str = "."
    # The cell of each sheet in which the agency ticks that it has nothing to report: the template has one.
    nil_tick: str | None = None

    def period_start(self, file_name: str) -> date | None:
        """First day of the period that the file's name states, or None when the name is not of this kind."""
        expression = re.escape(self.pattern).replace(r"\*", ".*")
        expression = expression.replace(r"\{yyyy\}", r"(?P<year>[12]\d{3})")
        expression = expression.replace(r"\{mm\}", r"(?P<month>0[1-9]|1[0-2])")
        found = re.fullmatch(expression, file_name, re.IGNORECASE)
        if not found:
            return None
        return date(int(found["year"]), int(found.groupdict().get("month") or 1), 1)


@dataclass(frozen=True)
class Agreement:
    """What one agency agreed to. `files` ends with the kind that a filled template is, which every agency may send.

    `by_template` are the datasets for which the agency has no file of its own: they come by the template.
    """

    agency_id: str
    name: Words
    sector: str
    language: str
    valid_from: date
    valid_to: date | None
    legal_basis: Words
    consent: Words
    needs_consent_to_link: bool
    identifiers: tuple[str, ...]
    frequency: str
    due_day: int
    programs: tuple[Program, ...]
    files: tuple[FileKind, ...]
    by_template: tuple[str, ...] = ()
    # Of each identifier in use: the legal basis.
    identifier_basis: dict[str, Words] = field(default_factory=dict)

    @property
    def agreed_files(self) -> tuple[FileKind, ...]:
        """The kinds that the agreement itself speaks of: the template only where something is to come by it."""
        return tuple(file for file in self.files if file.nil_tick is None or self.by_template)

    @property
    def datasets(self) -> tuple[str, ...]:
        return tuple(sorted({*self.by_template, *(e.dataset for f in self.files for e in f.extracts)}))

    @property
    def collected_columns(self) -> list[tuple[str, str]]:
        """Each dataset with each of its columns that the agency collects: a template has columns for everybody."""
        own = {(e.dataset, c) for f in self.files if f.nil_tick is None for e in f.extracts for c in e.columns}
        filled_in = {(e.dataset, c) for f in self.agreed_files for e in f.extracts for c in e.columns}
        return sorted(own | {(dataset, c) for dataset, c in filled_in if dataset in self.by_template})

    def delivers(self, dataset: str) -> str:
        """How a dataset comes. By the template: the rows of its period."""
        own = (f.delivers for f in self.files for e in f.extracts if e.dataset == dataset and f.nil_tick is None)
        return next(own, "month")

    def period_of(self, day: date) -> Period:
        """The period, by the agreed frequency, that holds a day. A year runs from the month of `valid_from`."""
        if self.frequency == "month":
            return Period(day.replace(day=1), _last_day(day, 1))
        if self.frequency == "quarter":
            first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            return Period(first, _last_day(first, 3))
        year = day.year if day.month >= self.valid_from.month else day.year - 1
        first = date(year, self.valid_from.month, 1)
        return Period(first, _last_day(first, 12))


def _last_day(first: date, months: int) -> date:
    """Last day of so many months, counted from the month of `first`."""
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def load_agreements(
    folder: Path, profiles: Path, contracts: dict[str, Contract], initiative: Initiative
) -> tuple[dict[str, Agreement], list[Document]]:
    """All agreements by agency_id, and the documents with the problems found in them."""
    documents = [load_document(path) for path in sorted(folder.glob("*.y*ml"))]
    for document in documents:
        if document.path.suffix != ".yml":
            document.complain([], "The file's name ends in .yaml.", f"Call it {document.path.stem}.yml.")
        elif document.data is not None:
            check_schema(document, own_schema("agreement"))
    sound = [document for document in documents if not document.problems]
    known_agencies = {document.data["agency_id"] for document in sound}
    agreements = {}
    for document in sound:
        _extend_by_profile(document, profiles)
        if not document.problems:
            _check_meaning(document, contracts, initiative, known_agencies)
        if not document.problems:
            agreements[document.data["agency_id"]] = _agreement(document.data)
    _check_programs_once(sound)
    return agreements, documents


def _extend_by_profile(document: Document, profiles: Path) -> None:
    data = document.data
    if "profile" in data:
        known = [path.stem for path in profiles.glob("*.yml")]
        if data["profile"] not in known:
            document.complain(
                ["profile"], f"There is no profile '{data['profile']}'.", did_you_mean(data["profile"], known)
            )
            return
        profile = load_document(profiles / f"{data['profile']}.yml")
        if not isinstance(profile.data, dict):
            document.problems.extend(profile.problems)
            document.complain(["profile"], "The profile holds no files.", "Write files: in it.")
            return
        document.extends = profile
        document.data = {**profile.data, **data}
        # Only the keys that the profile brought are checked: the agreement's own were.
        check_schema(document, own_schema("agreement"))
    if not document.data.get("files") and not document.data.get("template"):
        remedy = "Add files, a profile that has them, or template: with the datasets that come by the template."
        document.complain([], "The agreement names no files.", remedy)


def _check_meaning(
    document: Document, contracts: dict[str, Contract], initiative: Initiative, agencies: set[str]
) -> None:
    data = document.data
    if data["agency_id"] != document.path.stem:
        document.complain(["agency_id"], "agency_id differs from the file's name.", f"Write {document.path.stem}.")
    if data.get("valid_to", "9999") < data["valid_from"]:
        document.complain(["valid_to"], "valid_to is before valid_from.", "Correct one of the two.")
    if data.get("consent_rule") == "required" and not _asks_consent(data):
        remedy = "Add consent_to_link to the columns of persons, or write consent_rule: presumed with its legal basis."
        document.complain(["consent_rule"], "Consent is required, but no file says who gave it.", remedy)
    if data["sector"] not in SECTORS:
        what = f"There is no sector '{data['sector']}'."
        document.complain(["sector"], what, did_you_mean(data["sector"], SECTORS))
    for n, program in enumerate(data["programs"]):
        _check_program(document, ["programs", n], program, initiative)
    for dataset in data.get("template", []):
        if dataset not in contracts:
            document.complain(["template"], f"There is no dataset '{dataset}'.", did_you_mean(dataset, contracts))
    for n, file in enumerate(data.get("files", [])):
        _check_file(document, ["files", n], file)
        for m, extract in enumerate(file["extracts"]):
            step: list[str | int] = ["files", n, "extracts", m]
            contract = contracts.get(extract["dataset"])
            if contract is None:
                remedy = did_you_mean(extract["dataset"], contracts)
                document.complain([*step, "dataset"], f"There is no dataset '{extract['dataset']}'.", remedy)
            else:
                _check_columns(document, step, extract, contract)
                _check_codes(document, step, extract, contract, initiative, agencies)
            if file["kind"] != "text" and "sheet" not in extract:
                document.complain(step, "The extract names no sheet.", "Add sheet: the sheet's or the member's name.")


def _check_program(document: Document, place: list[str | int], program: dict[str, Any], initiative: Initiative) -> None:
    known = initiative.code_lists
    for instrument in program.get("instruments", []):
        if instrument not in known["instruments"]:
            remedy = did_you_mean(instrument, known["instruments"])
            document.complain([*place, "instruments"], f"Instrument '{instrument}' is unknown.", remedy)
    population = program.get("population")
    if population is not None and population not in known["populations"]:
        remedy = "Add it under populations in initiative.yml."
        if known["populations"]:
            remedy = did_you_mean(population, known["populations"])
        document.complain([*place, "population"], f"Population '{population}' is unknown.", remedy)


def _asks_consent(data: dict[str, Any]) -> bool:
    extracts = [extract for file in data.get("files", []) for extract in file["extracts"]]
    return "persons" in _by_template(data) or any("consent_to_link" in e["columns"] for e in extracts)


def _check_file(document: Document, place: list[str | int], file: dict[str, Any]) -> None:
    try:
        "".encode(file.get("encoding", "utf-8"))
    except LookupError:
        document.complain([*place, "encoding"], "This encoding is unknown.", "Write e.g. utf-8, cp1252 or utf-16.")
    if document.data["frequency"] != "year" and "{mm}" not in file["pattern"]:
        document.complain([*place, "pattern"], "The pattern has no {mm}.", "Add {mm} where the month stands.")
    if any(file["pattern"].count(part) > 1 for part in ("{yyyy}", "{mm}")):
        document.complain([*place, "pattern"], "The pattern has {yyyy} or {mm} twice.", "Write * for the second.")


def _check_columns(document: Document, place: list[str | int], extract: dict[str, Any], contract: Contract) -> None:
    ours = {column.name for column in contract.columns}
    for name, source in extract["columns"].items():
        logical_type = contract.column(name).logical_type if name in ours else "string"
        # Many write the day and the time of a moment in two columns.
        may_be_made = logical_type == "string" or (logical_type == "timestamp" and "join" in source)
        if isinstance(source, dict) and not may_be_made:
            remedy = f"Write {name}: their header, or leave it out."
            if logical_type == "timestamp":
                remedy = f"Write {name}: their header, or {name}: {{join: [header of the day, header of the time]}}."
            what = f"'{name}' is a date, a time or a number and needs a header."
            document.complain([*place, "columns", name], what, remedy)
    for name in extract["columns"]:
        if name not in ours:
            what = f"'{name}' is no column of {contract.dataset}."
            document.complain([*place, "columns", name], what, did_you_mean(name, ours))
        if name in IDENTIFIERS and name not in document.data.get("identifiers", {}):
            remedy = f"Add identifiers: {{{name}: {{en: ..., fr: ...}}}} with that basis, or leave the column out."
            document.complain([*place, "columns", name], f"No legal basis is named for using '{name}'.", remedy)
    for column in contract.columns:
        if column.required and column.name not in extract["columns"]:
            what = f"The required column '{column.name}' of {contract.dataset} has no source."
            document.complain([*place, "columns"], what, f"Add {column.name}: their header.")


def _check_codes(
    document: Document,
    place: list[str | int],
    extract: dict[str, Any],
    contract: Contract,
    initiative: Initiative,
    agencies: set[str],
) -> None:
    coded = {column.name: column for column in contract.columns if column.is_coded}
    lists = {
        **initiative.code_lists,
        "programs": {program["program_id"] for program in document.data["programs"]},
        "agencies": agencies | {OUTSIDE},
    }
    targets = [("codes", name, set(mapping.values())) for name, mapping in extract.get("codes", {}).items()]
    for name, source in extract["columns"].items():
        if isinstance(source, dict) and name in coded:
            constant = {source["constant"]} if "constant" in source else set()
            targets.append(("columns", name, constant | set(source.get("flags", {}).values())))
    for step, name, codes in targets:
        if name not in coded:
            document.complain([*place, step, name], f"'{name}' is no coded column.", did_you_mean(name, coded))
            continue
        known = {code.code for code in coded[name].codes} or lists[str(coded[name].codes_from)]
        for code in sorted(codes - known):
            document.complain([*place, step, name], f"'{code}' is no code of {name}.", did_you_mean(code, known))


def _check_programs_once(documents: list[Document]) -> None:
    owners: dict[str, str] = {}
    for document in documents:
        for n, program in enumerate(document.data["programs"]):
            first = owners.get(program["program_id"])
            owners.setdefault(program["program_id"], document.path.stem)
            if first is not None:
                what = f"Programme '{program['program_id']}' is already one of {first}."
                document.complain(["programs", n, "program_id"], what, "Give it another program_id.")


def _agreement(data: dict[str, Any]) -> Agreement:
    return Agreement(
        agency_id=data["agency_id"],
        name=data["name"],
        sector=data["sector"],
        language=data["language"],
        valid_from=date.fromisoformat(data["valid_from"]),
        valid_to=date.fromisoformat(data["valid_to"]) if "valid_to" in data else None,
        legal_basis=data["legal_basis"],
        consent=data["consent"],
        needs_consent_to_link=data.get("consent_rule", "presumed") == "required",
        identifiers=tuple(data.get("identifiers", ())),
        identifier_basis=data.get("identifiers", {}),
        frequency=data["frequency"],
        due_day=data["due_day"],
        programs=tuple(
            Program(
                program_id=program["program_id"],
                name=program["name"],
                codes=tuple(str(code) for code in program.get("codes", ())),
                records_destinations=program.get("records_destinations", False),
                instruments=tuple(program.get("instruments", ())),
                population=program.get("population"),
            )
            for program in data["programs"]
        ),
        files=tuple(_file_kind(file) for file in data.get("files", [])),
        by_template=_by_template(data),
    )


def _by_template(data: dict[str, Any]) -> tuple[str, ...]:
    """The datasets under `template` that no file of the agency's own brings."""
    own = {extract["dataset"] for file in data.get("files", []) for extract in file["extracts"]}
    return tuple(dataset for dataset in data.get("template", []) if dataset not in own)


def _file_kind(file: dict[str, Any]) -> FileKind:
    # What an agreement does not say is as the kind of file says.
    stated = {name: value for name, value in file.items() if name != "extracts"}
    return FileKind(
        **stated,
        extracts=tuple(
            Extract(
                dataset=extract["dataset"],
                sheet=extract.get("sheet"),
                join_sheet=extract.get("join", {}).get("sheet"),
                join_key=extract.get("join", {}).get("key"),
                leave_out_where_filled=extract.get("leave_out_where_filled"),
                repeats=extract.get("repeats", False),
                columns=extract["columns"],
                codes=extract.get("codes", {}),
            )
            for extract in file["extracts"]
        ),
    )
