"""Suites: a contract becomes a Great Expectations suite.

Belongs here: which expectation guards which rule. Stays out: running them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dagster_project.contracts import Contract, FindingWords, Severity

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

# The one rule for rows that reading could not make sense of; the finding takes its name from the row's fault.
READING_FAULT = "reading_fault"
# Names of the check columns that the frame of a run carries besides the dataset's own.
READABLE_SUFFIX = "_is_readable"
MAPPED_SUFFIX = "_is_mapped"
# Between the names of a column and of the one it is compared with.
BESIDE = "_beside_"


@dataclass(frozen=True)
class SuiteRule:
    """One expectation, as its GX type and arguments, with the rule it guards."""

    rule_id: str
    column: str | None
    severity: Severity
    expectation: str
    kwargs: dict[str, Any]


def suite_rules(contract: Contract, words: dict[str, FindingWords]) -> list[SuiteRule]:
    """Every rule of a dataset: those that follow from its columns, then those that the contract writes itself."""
    rules = [
        SuiteRule(READING_FAULT, None, "quarantine", "expect_column_values_to_be_null", {"column": "_fault"}),
        _flag_rule("repeated_row", None, words["repeated_row"].severity, "_key_state", ["repeat"], negated=True),
        _flag_rule(
            "conflicting_rows", None, words["conflicting_rows"].severity, "_key_state", ["conflict"], negated=True
        ),
    ]
    for column in contract.columns:
        if column.required:
            kwargs = {"column": column.name}
            severity = words["required"].severity
            rules.append(SuiteRule("required", column.name, severity, "expect_column_values_to_not_be_null", kwargs))
        if column.logical_type != "string":
            name = column.name + READABLE_SUFFIX
            rules.append(_flag_rule("unreadable_value", column.name, column.unreadable_severity, name, [True]))
        if column.is_coded:
            name = column.name + MAPPED_SUFFIX
            rules.append(_flag_rule("unmapped_code", column.name, words["unmapped_code"].severity, name, [True]))
    for rule in contract.rules:
        is_date = contract.column(rule.column).logical_type in ("date", "timestamp")
        kwargs = {name: _as_day(value) if is_date else value for name, value in rule.kwargs.items()}
        kwargs |= _beside_each_other(contract, kwargs)
        rules.append(SuiteRule(rule.rule_id, rule.column, rule.severity, rule.expectation, kwargs))
    return rules


def _beside_each_other(contract: Contract, kwargs: dict[str, Any]) -> dict[str, str]:
    """Of a rule that compares a moment with a day or a moment: the frame's columns that can be compared.

    A day has no time, and neither has a moment of exactly midnight: beside one, only the days are compared.
    """
    pair = {name: kwargs[name] for name in ("column_A", "column_B") if name in kwargs}
    moments = {column.name for column in contract.columns if column.logical_type == "timestamp"}
    if len(pair) < 2 or not moments & set(pair.values()):
        return {}
    first, second = pair.values()
    return {"column_A": f"{first}{BESIDE}{second}", "column_B": f"{second}{BESIDE}{first}"}


def _as_day(value: Any) -> Any:
    """Limits of dates must be dates: compared with text, the expectation fails by an exception, not by a finding."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value


def _flag_rule(
    rule_id: str, column: str | None, severity: Severity, flag: str, values: list[Any], negated: bool = False
) -> SuiteRule:
    name = "expect_column_values_to_not_be_in_set" if negated else "expect_column_values_to_be_in_set"
    return SuiteRule(rule_id, column, severity, name, {"column": flag, "value_set": values})


def expectation_of(rule: SuiteRule) -> Expectation:
    """The Great Expectations object of a rule; its `meta` carries what a verdict needs to know."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    meta = {"rule_id": rule.rule_id, "column": rule.column, "severity": rule.severity}
    configuration = ExpectationConfiguration(type=rule.expectation, kwargs=dict(rule.kwargs), meta=meta)
    return configuration.to_domain_obj()
