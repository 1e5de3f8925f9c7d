"""Contracts: what each dataset must look like (Open Data Contract Standard 3.1).

Belongs here: loading and checking `expectations/datasets/*.yml`. Stays out: agreements, Great Expectations, files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import jsonschema
from open_data_contract_standard.model import OpenDataContractStandard

from dagster_project.contracts.handling import check_handling, handling_of
from dagster_project.contracts.yaml_places import Document, check_schema, did_you_mean, load_document

# A rule on rows never holds: that is for findings on a file as a whole.
Severity = Literal["reject", "hold", "quarantine", "warn"]
Words = dict[str, str]

SEVERITIES = ("reject", "quarantine", "warn")
CLASSIFICATIONS = ("personal", "sensitive", "public")
# Each logical type with the type of its column in SQL. A timestamp is a moment, in the clock time of the agency.
# By definition a moment of exactly midnight is a day without a time: no waiting time is measured from it.
SQL_TYPES = {"string": "varchar", "date": "date", "timestamp": "timestamp", "number": "double"}
CODE_SOURCES = ("zones", "programs", "agencies", "instruments", "sectors", "waves", "networks", "populations")
# What a rule may compare a column with besides the dataset's own columns.
PLACE_COLUMNS_IN_RULES = ("_received_date",)


@dataclass(frozen=True)
class Code:
    code: str
    label: Words
    group: str | None


@dataclass(frozen=True)
class Rule:
    """A Great Expectations rule on a dataset's rows: `expectation` is its own type name, `kwargs` its arguments."""

    rule_id: str
    column: str
    severity: Severity
    expectation: str
    kwargs: dict[str, Any]
    message: Words


@dataclass(frozen=True)
class Column:
    """A column of the common data model; `codes` is empty for free values, `codes_from` names another list.

    `handling` holds the words of its own on purpose, retention, recipients; of the others its dataset speaks.
    """

    name: str
    logical_type: Literal["string", "date", "timestamp", "number"]
    required: bool
    classification: Literal["personal", "sensitive", "public"]
    label: Words
    help: Words
    codes: tuple[Code, ...]
    codes_from: str | None
    unreadable_severity: Severity
    handling: dict[str, Words] = field(default_factory=dict)

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.logical_type]

    @property
    def is_personal(self) -> bool:
        return self.classification == "personal"

    @property
    def is_personal_date(self) -> bool:
        """Whether its text is kept beside the day read from it: a slip in it is still evidence of who a person is."""
        return self.is_personal and self.logical_type == "date"

    @property
    def is_coded(self) -> bool:
        return bool(self.codes) or self.codes_from is not None


@dataclass(frozen=True)
class CountOnly:
    """Rows whose `column` holds `code` are kept as a count: of their cells only those in `keeps` are read."""

    column: str
    code: str
    keeps: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """One dataset: its columns in order, its key, its rules, whether its rows name a person, which are only counted."""

    dataset: str
    label: Words
    grain: Words
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[Rule, ...]
    names_person: bool
    handling: dict[str, Words]
    count_only: CountOnly | None = None

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def load_contracts(folder: Path) -> tuple[dict[str, Contract], list[Document]]:
    """All contracts by dataset, and the documents with the problems found in them."""
    documents = [load_document(path) for path in sorted(folder.glob("*.yml"))]
    validator = _odcs_validator()
    for document in documents:
        if document.data is not None:
            check_schema(document, validator)
            if not document.problems:
                _check_enums(document)
    if any(document.problems for document in documents):
        return {}, documents
    contracts = {document.data["id"]: _contract(document.data) for document in documents}
    for document in documents:
        _check_code_sources(document, contracts)
    if any(document.problems for document in documents):
        return {}, documents
    return {name: _with_codes(contract, contracts) for name, contract in contracts.items()}, documents


@lru_cache
def _odcs_validator() -> jsonschema.protocols.Validator:
    schema = json.loads(OpenDataContractStandard.json_schema())  # type: ignore[no-untyped-call]
    return jsonschema.Draft201909Validator(schema)


def _custom(element: dict[str, Any], name: str, default: Any = None) -> Any:
    return next((p["value"] for p in element.get("customProperties", []) if p["property"] == name), default)


def _custom_place(element: dict[str, Any], place: list[str | int], name: str) -> list[str | int]:
    properties = element.get("customProperties", [])
    numbers: list[str | int] = [n for n, p in enumerate(properties) if p["property"] == name]
    return [*place, "customProperties", *numbers[:1]]


def _check_enums(document: Document) -> None:
    """What the standard leaves open and we do not: classifications, types, severities, engines, both languages."""
    columns = (document.data.get("schema") or [{}])[0].get("properties")
    if not columns:
        document.complain(["schema"], "The contract has no columns.", "Write schema: one table and its properties.")
        return
    if not any(column.get("primaryKey") for column in columns):
        document.complain(["schema"], "No column of the dataset is its key.", "Write primaryKey: true at its key.")
    _check_count_only(document, {column["name"]: column for column in columns})
    check_handling(document)
    for n, column in enumerate(columns):
        place: list[str | int] = ["schema", 0, "properties", n]
        for attribute, known in (("classification", CLASSIFICATIONS), ("logicalType", SQL_TYPES)):
            if column.get(attribute) not in known:
                word = column.get(attribute)
                document.complain([*place, attribute], f"{attribute} is '{word}'.", did_you_mean(str(word), known))
        _check_words(document, _custom_place(column, place, "label"), _custom(column, "label"), "label")
        for m, code in enumerate(_custom(column, "codes", [])):
            if not {"code", "en", "fr"} <= set(code):
                step = [*_custom_place(column, place, "codes"), "value", m]
                document.complain(step, "A code lacks its code, en or fr.", "Write all three.")
        if (severity := _custom(column, "unreadableSeverity", "warn")) not in SEVERITIES:
            remedy = did_you_mean(str(severity), SEVERITIES)
            step = _custom_place(column, place, "unreadableSeverity")
            document.complain(step, f"unreadableSeverity is '{severity}'.", remedy)
        for m, rule in enumerate(column.get("quality", [])):
            _check_rule(document, [*place, "quality", m], column, rule)
            _check_rule_columns(document, [*place, "quality", m], rule, {c["name"] for c in columns})


def _check_count_only(document: Document, columns: dict[str, dict[str, Any]]) -> None:
    stated = _custom(document.data, "countOnly")
    if stated is None:
        return
    place = _custom_place(document.data, [], "countOnly")
    if not isinstance(stated, dict) or not {"column", "code", "keeps"} <= set(stated):
        document.complain(place, "countOnly lacks its column, code or keeps.", "Write all three.")
        return
    for name in [stated["column"], *stated["keeps"]]:
        if name not in columns:
            document.complain(place, f"countOnly names '{name}'.", did_you_mean(str(name), columns))
            return
    codes = {code["code"] for code in _custom(columns[stated["column"]], "codes", [])}
    if stated["code"] not in codes:
        document.complain(
            place, f"countOnly names the code '{stated['code']}'.", did_you_mean(str(stated["code"]), codes)
        )


def _check_rule(document: Document, place: list[str | int], column: dict[str, Any], rule: dict[str, Any]) -> None:
    if rule.get("severity") not in SEVERITIES:
        word = str(rule.get("severity"))
        document.complain([*place, "severity"], f"severity is '{word}'.", did_you_mean(word, SEVERITIES))
    if rule.get("engine") != "greatExpectations":
        document.complain([*place, "engine"], "The engine of a rule is greatExpectations.", "Write it so.")
    if not str(rule.get("implementation", {}).get("type", "")).startswith("expect_column_"):
        remedy = "Write a column expectation of Great Expectations, e.g. expect_column_values_to_be_between."
        document.complain([*place, "implementation", "type"], "The rule names no column expectation.", remedy)
    if column.get("logicalType") in ("date", "timestamp"):
        for limit in ("min_value", "max_value"):
            value = rule.get("implementation", {}).get("kwargs", {}).get(limit)
            if value is not None and not _is_day(value):
                step = [*place, "implementation", "kwargs", limit]
                document.complain(step, f"{limit} is no day.", "Write it as YYYY-MM-DD.")
    if not rule.get("name"):
        document.complain(place, "The rule has no name.", "Add a name in snake_case.")
    _check_words(document, _custom_place(rule, place, "message"), _custom(rule, "message"), "message")


def _check_rule_columns(document: Document, place: list[str | int], rule: dict[str, Any], columns: set[str]) -> None:
    known = {*columns, *PLACE_COLUMNS_IN_RULES}
    for argument in ("column", "column_A", "column_B"):
        name = rule.get("implementation", {}).get("kwargs", {}).get(argument)
        if name is not None and name not in known:
            what = f"{argument} names '{name}', which is no column here."
            document.complain([*place, "implementation", "kwargs", argument], what, did_you_mean(name, known))


def _is_day(value: Any) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == str(value)
    except (TypeError, ValueError):
        return False


def _check_words(document: Document, place: list[str | int], words: Any, what: str) -> None:
    if not isinstance(words, dict) or not {"en", "fr"} <= set(words):
        document.complain(place, f"The {what} is missing in English or French.", "Write {en: ..., fr: ...}.")


def _check_code_sources(document: Document, contracts: dict[str, Contract]) -> None:
    known = {*CODE_SOURCES, *(f"{c.dataset}.{col.name}" for c in contracts.values() for col in c.columns if col.codes)}
    for n, column in enumerate(document.data["schema"][0]["properties"]):
        source = _custom(column, "codesFrom")
        if source is not None and source not in known:
            place = _custom_place(column, ["schema", 0, "properties", n], "codesFrom")
            document.complain(place, f"codesFrom names '{source}'.", did_you_mean(source, known))


def _contract(data: dict[str, Any]) -> Contract:
    table = data["schema"][0]
    key = sorted(
        (column for column in table["properties"] if column.get("primaryKey")),
        key=lambda column: column.get("primaryKeyPosition", 1),
    )
    return Contract(
        dataset=data["id"],
        label=_custom(data, "label", {"en": data["id"], "fr": data["id"]}),
        grain=_custom(data, "grain", {"en": "", "fr": ""}),
        columns=tuple(_column(column) for column in table["properties"]),
        key=tuple(column["name"] for column in key),
        rules=tuple(
            _rule(column["name"], rule) for column in table["properties"] for rule in column.get("quality", [])
        ),
        handling=handling_of(data),
        count_only=_count_only(data),
        names_person=any(r["to"] == "persons.person_id_agency" for r in table.get("relationships", [])),
    )


def _count_only(data: dict[str, Any]) -> CountOnly | None:
    stated = _custom(data, "countOnly")
    return CountOnly(stated["column"], stated["code"], tuple(stated["keeps"])) if stated else None


def _column(column: dict[str, Any]) -> Column:
    return Column(
        name=column["name"],
        logical_type=column["logicalType"],
        required=column.get("required", False),
        classification=column["classification"],
        label=_custom(column, "label"),
        help=_custom(column, "help", {"en": "", "fr": ""}),
        codes=tuple(
            Code(code["code"], {"en": code["en"], "fr": code["fr"]}, code.get("group"))
            for code in _custom(column, "codes", [])
        ),
        codes_from=_custom(column, "codesFrom"),
        unreadable_severity=_custom(column, "unreadableSeverity", "quarantine"),
        handling=handling_of(column),
    )


def _rule(column: str, rule: dict[str, Any]) -> Rule:
    implementation = rule["implementation"]
    return Rule(
        rule_id=rule["name"],
        column=column,
        severity=rule["severity"],
        expectation=implementation["type"],
        kwargs=implementation.get("kwargs", {}),
        message=_custom(rule, "message"),
    )


def _with_codes(contract: Contract, contracts: dict[str, Contract]) -> Contract:
    """Fill in the code lists that a column takes from another contract's column."""

    def filled(column: Column) -> Column:
        if column.codes_from is None or column.codes_from in CODE_SOURCES:
            return column
        dataset, name = column.codes_from.split(".")
        return Column(**{**column.__dict__, "codes": contracts[dataset].column(name).codes, "codes_from": None})

    return Contract(**{**contract.__dict__, "columns": tuple(filled(column) for column in contract.columns)})
