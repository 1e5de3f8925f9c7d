"""Great Expectations, for real: a bad row is found at its place, by its rule, and no result holds a value of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from dagster_project.contracts import Column, Expectations, Rule, load_expectations
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.validation import verdicts
from dagster_project.validation.suites import SuiteRule, suite_rules
from dagster_project.validation.verdicts import RulesError, judge_new_extracts
from tests.conftest import make_settings

CANARY = "Zyxcanary"
RECEIVED = date(2021, 2, 10)
# A row of each dataset that breaks no rule.
GOOD: dict[str, dict[str, Any]] = {
    "persons": {
        "person_id_agency": "1",
        "first_name": CANARY,
        "last_name": CANARY,
        "birth_date": date(2000, 1, 1),
        "sex": "female",
    },
    "enrolments": {
        "enrolment_id_agency": "1",
        "person_id_agency": "1",
        "program_code": "p",
        "entry_date": date(2021, 1, 5),
    },
    "contacts": {
        "contact_id_agency": "1",
        "person_id_agency": "1",
        "program_code": "p",
        "contact_date": date(2021, 1, 5),
        "contact_status": "delivered",
    },
    "referrals": {
        "referral_id_agency": "1",
        "person_id_agency": "1",
        "direction_code": "sent",
        "other_agency_code": "outside",
        "made_date": date(2021, 1, 5),
    },
    "outcomes": {
        "person_id_agency": "1",
        "instrument_code": "sdq_total",
        "assessed_date": date(2021, 1, 5),
        "program_code": "p",
        "score": 3.0,
    },
}
Found = tuple[str, str | None, str]
# What is wrong with the row, and the rule, column and severity by which it is found.
BAD: list[tuple[str, dict[str, Any], Found]] = [
    ("persons", {"_key_state": "repeat"}, ("repeated_row", None, "quarantine")),
    ("persons", {"_key_state": "conflict"}, ("conflicting_rows", None, "quarantine")),
    ("persons", {"person_id_agency": None}, ("required", "person_id_agency", "quarantine")),
    ("persons", {"birth_date": None, "_unreadable": ["birth_date"]}, ("unreadable_value", "birth_date", "warn")),
    ("persons", {"sex": "unmapped", "_unmapped": ["sex"]}, ("unmapped_code", "sex", "warn")),
    ("persons", {"first_name": None}, ("first_name_given", "first_name", "warn")),
    ("persons", {"last_name": None}, ("last_name_given", "last_name", "warn")),
    ("persons", {"birth_date": date(1899, 12, 31)}, ("birth_date_after_1900", "birth_date", "warn")),
    ("persons", {"birth_date": date(1025, 1, 1)}, ("birth_date_after_1900", "birth_date", "warn")),
    ("persons", {"birth_date": date(9025, 1, 1)}, ("birth_date_not_in_future", "birth_date", "quarantine")),
    ("persons", {"birth_date": date(2021, 2, 11)}, ("birth_date_not_in_future", "birth_date", "quarantine")),
    ("enrolments", {"program_code": None}, ("required", "program_code", "quarantine")),
    ("enrolments", {"entry_date": date(2021, 2, 11)}, ("entry_date_not_in_future", "entry_date", "quarantine")),
    ("enrolments", {"exit_date": date(2021, 1, 4)}, ("exit_date_not_before_entry", "exit_date", "quarantine")),
    ("enrolments", {"exit_date": date(2021, 2, 11)}, ("exit_date_not_in_future", "exit_date", "quarantine")),
    ("enrolments", {"_unreadable": ["exit_date"]}, ("unreadable_value", "exit_date", "quarantine")),
    ("enrolments", {"_unmapped": ["destination_code"]}, ("unmapped_code", "destination_code", "warn")),
    ("contacts", {"contact_date": date(2021, 2, 11)}, ("contact_date_not_in_future", "contact_date", "quarantine")),
    ("contacts", {"duration_minutes": 1441.0}, ("duration_within_a_day", "duration_minutes", "warn")),
    ("contacts", {"duration_minutes": -1.0}, ("duration_within_a_day", "duration_minutes", "warn")),
    ("referrals", {"made_date": date(2021, 2, 11)}, ("made_date_not_in_future", "made_date", "quarantine")),
    (
        "referrals",
        {"outcome_date": date(2021, 1, 4)},
        ("outcome_date_not_before_referral", "outcome_date", "quarantine"),
    ),
    ("outcomes", {"assessed_date": date(2021, 2, 11)}, ("assessed_date_not_in_future", "assessed_date", "quarantine")),
    ("outcomes", {"score": -0.5}, ("score_not_negative", "score", "quarantine")),
    ("outcomes", {"score": 1000.5}, ("score_not_negative", "score", "quarantine")),
    ("outcomes", {"score": None}, ("required", "score", "quarantine")),
]
# At the edge of a rule, and still right.
EDGES: list[tuple[str, dict[str, Any]]] = [
    ("persons", {}),
    ("persons", {"_key_state": "first"}),
    ("persons", {"birth_date": date(1900, 1, 1)}),
    ("persons", {"birth_date": RECEIVED}),
    ("persons", {"birth_date": None, "sex": None}),
    ("enrolments", {"exit_date": date(2021, 1, 5), "entry_date": date(2021, 1, 5)}),
    ("enrolments", {"exit_date": RECEIVED}),
    ("contacts", {"duration_minutes": 0.0}),
    ("contacts", {"duration_minutes": 1440.0}),
    ("referrals", {"outcome_date": date(2021, 1, 5)}),
    ("outcomes", {"score": 0.0}),
    ("outcomes", {"score": 1000.0}),
]


@pytest.fixture(scope="module")
def expectations() -> Expectations:
    return load_expectations(PROJECT_ROOT / "expectations")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def rows_table(expectations: Expectations, dataset: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Mapped rows as intake leaves them; rows count from 2 within each submission."""
    types = {"string": pa.string(), "date": pa.date32(), "timestamp": pa.timestamp("us"), "number": pa.float64()}
    columns = expectations.contracts[dataset].columns
    texts = pa.list_(pa.string())
    schema = pa.schema(
        [
            ("_submission_id", pa.string()),
            ("_extract_number", pa.int64()),
            ("_received_date", pa.date32()),
            *((column.name, types[column.logical_type]) for column in columns),
            ("_row_number", pa.int64()),
            ("_fault", pa.string()),
            ("_unreadable", texts),
            ("_unmapped", texts),
            ("_key_state", pa.string()),
        ]
    )
    flags = {"_submission_id": "s1", "_extract_number": 0, "_received_date": RECEIVED, "_fault": None}
    flags |= {"_unreadable": [], "_unmapped": [], "_key_state": "single"}
    numbered = [{**flags, "_row_number": n, **row} for n, row in enumerate(rows, 2)]
    return pa.Table.from_pylist(numbered, schema=schema)


def write(settings: Settings, expectations: Expectations, dataset: str, name: str, rows: list[dict[str, Any]]) -> str:
    path = settings.extracts / dataset / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(rows_table(expectations, dataset, rows), path)
    return f"{dataset}/{name}.parquet"


def findings(settings: Settings) -> list[dict[str, Any]]:
    files = [str(path) for path in settings.extracts.rglob("*.findings")]
    with duckdb.connect() as connection:
        found: list[dict[str, Any]] = connection.read_parquet(files).to_arrow_table().to_pylist()
    return found


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, expectations: Expectations) -> dict[tuple[str, int], list[Found]]:
    """All bad rows, then all edges, judged in one run: the findings by dataset and row number."""
    settings = make_settings(tmp_path_factory.mktemp("judged"))
    paths: dict[str, list[str]] = {}
    found: dict[tuple[str, int], list[Found]] = {}
    for dataset, good in GOOD.items():
        rows = [{**good, **changes} for name, changes, _ in BAD if name == dataset]
        rows += [{**good, **changes} for name, changes in EDGES if name == dataset]
        paths[dataset] = [write(settings, expectations, dataset, "all", rows)]
        found |= {(dataset, number): [] for number in range(2, 2 + len(rows))}
    outcomes = judge_new_extracts(settings, expectations, paths)
    assert sum(outcome.rows_found for outcome in outcomes) == len(findings(settings))
    for row in findings(settings):
        found[(row["_path"].split("/")[0], row["_row_number"])].append((row["rule_id"], row["column"], row["severity"]))
    return found


@pytest.mark.parametrize("n", range(len(BAD)), ids=[f"{bad[2][0]}-{bad[0]}-{n}" for n, bad in enumerate(BAD)])
def test_a_bad_row_is_found_at_its_place_by_its_rule_alone(judged: dict[tuple[str, int], list[Found]], n: int) -> None:
    dataset, _, found = BAD[n]
    number = 2 + sum(name == dataset for name, _, _ in BAD[:n])
    assert judged[(dataset, number)] == [found]


def test_rows_at_the_edge_of_a_rule_are_right(judged: dict[tuple[str, int], list[Found]]) -> None:
    for dataset in GOOD:
        first_edge = 2 + sum(name == dataset for name, _, _ in BAD)
        assert [
            found for (name, number), found in judged.items() if name == dataset and number >= first_edge and found
        ] == []


def test_every_kind_of_expectation_in_the_contracts_has_a_bad_row_here(expectations: Expectations) -> None:
    rules = {(c.dataset, r.rule_id): r for c in expectations.contracts.values() for r in c.rules}
    tried = {rules[(name, found[0])].expectation for name, _, found in BAD if (name, found[0]) in rules}
    assert {rule.expectation for rule in rules.values()} - tried == set()


def test_a_row_that_could_not_be_read_is_found(settings: Settings, expectations: Expectations) -> None:
    path = write(settings, expectations, "persons", "one", [GOOD["persons"], {"_fault": "stray_quote"}])
    judge_new_extracts(settings, expectations, {"persons": [path]})
    found = [(row["_row_number"], row["rule_id"]) for row in findings(settings)]
    assert (3, "stray_quote") in found
    assert {number for number, _ in found} == {3}


def test_findings_are_told_apart_by_submission(settings: Settings, expectations: Expectations) -> None:
    """One run judges many files, and one file of rows may hold many submissions."""
    bad = GOOD["persons"] | {"person_id_agency": None}
    two = [GOOD["persons"], bad | {"_submission_id": "s2", "_row_number": 9}]
    paths = [
        write(settings, expectations, "persons", "together", two),
        write(settings, expectations, "persons", "alone", [bad | {"_submission_id": "s3", "_extract_number": 4}]),
        write(settings, expectations, "persons", "clean", [GOOD["persons"] | {"_submission_id": "s4"}]),
    ]
    judge_new_extracts(settings, expectations, {"persons": paths})
    found = {(row["_submission_id"], row["_extract_number"], row["_row_number"]) for row in findings(settings)}
    assert found == {("s2", 0, 9), ("s3", 4, 2)}
    by_file = {
        path.name.split(".")[0]: parquet.read_table(path).num_rows for path in settings.extracts.rglob("*.findings")
    }
    assert by_file == {"together": 1, "alone": 1, "clean": 0}


def test_what_was_judged_is_judged_again_only_by_other_rules(settings: Settings, expectations: Expectations) -> None:
    paths = {"persons": [write(settings, expectations, "persons", "one", [GOOD["persons"]])]}
    assert judge_new_extracts(settings, expectations, paths)
    assert judge_new_extracts(settings, expectations, paths) == []
    stricter = with_rules(expectations, replace(expectations.contracts["persons"].rules[0], severity="quarantine"))
    assert judge_new_extracts(settings, stricter, paths)


def with_rules(expectations: Expectations, *rules: Rule) -> Expectations:
    contract = replace(expectations.contracts["persons"], rules=rules)
    return replace(expectations, contracts={**expectations.contracts, "persons": contract})


def at(text: str) -> datetime:
    """A moment, in the clock time of the agency."""
    return datetime.fromisoformat(text)


def with_moments(expectations: Expectations, *rules: Rule) -> Expectations:
    """The persons' contract with two moments, as `contacts` has them, and rules on these."""
    words = {"en": "x", "fr": "x"}
    moments = [
        Column(name, "timestamp", False, "sensitive", words, words, (), None, "warn")
        for name in ("requested_at", "first_response_at")
    ]
    contract = expectations.contracts["persons"]
    contract = replace(contract, columns=(*contract.columns, *moments), rules=rules)
    return replace(expectations, contracts={**expectations.contracts, "persons": contract})


def pair_rule(rule_id: str, later: str, earlier: str) -> Rule:
    kwargs = {"column_A": later, "column_B": earlier, "or_equal": True, "ignore_row_if": "either_value_is_missing"}
    expectation = "expect_column_pair_values_a_to_be_greater_than_b"
    return Rule(rule_id, "requested_at", "warn", expectation, kwargs, {"en": "x", "fr": "x"})


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"requested_at": at("2021-01-05 14:05"), "first_response_at": at("2021-01-05 14:05")}, []),
        ({"requested_at": at("2021-01-05 14:05"), "first_response_at": at("2021-01-05 14:04")}, ["answer"]),
        ({"requested_at": at("2021-01-05 14:05"), "first_response_at": None}, []),
        ({"requested_at": None, "first_response_at": at("2021-01-05 14:05")}, []),
        # A day without a time is no moment before that day's request.
        ({"requested_at": at("2021-01-05 14:05"), "first_response_at": at("2021-01-05")}, []),
        ({"requested_at": at("2021-01-05 14:05"), "first_response_at": at("2021-01-04")}, ["answer"]),
        # The file may come on the day of the call itself.
        ({"requested_at": at("2021-02-10 14:05")}, []),
        ({"requested_at": at("2021-02-11")}, ["future"]),
        ({"requested_at": at("2021-02-11 00:01")}, ["future"]),
        ({"requested_at": at("1999-12-31 23:59")}, ["old"]),
        ({"_unreadable": ["requested_at"]}, ["unreadable_value"]),
    ],
)
def test_moments_are_compared_with_moments_and_with_days(
    settings: Settings, expectations: Expectations, row: dict[str, Any], found: list[str]
) -> None:
    limits = {"column": "requested_at", "min_value": "2000-01-01"}
    ours = with_moments(
        expectations,
        pair_rule("answer", "first_response_at", "requested_at"),
        pair_rule("future", "_received_date", "requested_at"),
        Rule("old", "requested_at", "warn", "expect_column_values_to_be_between", limits, {"en": "x", "fr": "x"}),
    )
    path = write(settings, ours, "persons", "one", [GOOD["persons"] | row, GOOD["persons"]])
    judge_new_extracts(settings, ours, {"persons": [path]})
    assert [(one["_row_number"], one["rule_id"], one["column"]) for one in findings(settings)] == [
        (2, rule_id, "requested_at") for rule_id in found
    ]


@pytest.mark.parametrize(
    ("expectation", "kwargs"),
    [
        pytest.param(
            "expect_column_values_to_be_between", {"column": "last_name", "min_value": 5}, id="fails on the values"
        ),
        pytest.param("expect_column_values_to_not_be_null", {"column": "no_such_column"}, id="no such column"),
        pytest.param("expect_column_values_to_be_betwixt", {"column": "last_name"}, id="no such expectation"),
        pytest.param("expect_column_values_to_be_between", {"column": "last_name", "least": 5}, id="no such argument"),
    ],
)
def test_an_expectation_that_fails_is_an_error_of_ours_and_no_finding(
    settings: Settings, expectations: Expectations, expectation: str, kwargs: dict[str, Any]
) -> None:
    rule = Rule("my_rule", "last_name", "warn", expectation, kwargs, {"en": "x", "fr": "x"})
    path = write(settings, expectations, "persons", "one", [GOOD["persons"]])
    with pytest.raises(RulesError, match=r"persons\.my_rule") as caught:
        judge_new_extracts(settings, with_rules(expectations, rule), {"persons": [path]})
    assert CANARY not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert list(settings.extracts.rglob("*.findings")) == []


def test_no_result_of_great_expectations_holds_a_value(expectations: Expectations) -> None:
    """Searched whole: results are what GX would write into its stores and docs."""
    rules = [
        rule
        for rule in suite_rules(expectations.contracts["persons"], expectations.finding_words)
        if rule.rule_id in ("birth_date_after_1900", "birth_date_not_in_future", "last_name_given")
    ]
    of_text = {"column": "last_name", "value_set": ["Roy"]}
    rules.append(SuiteRule("in_set", "last_name", "warn", "expect_column_values_to_be_in_set", of_text))
    frame = pd.DataFrame(
        {
            "first_name": [CANARY, None],
            "last_name": [CANARY, None],
            "birth_date": np.array(["1831-07-19", "2921-07-19"], "datetime64[s]"),
            "_received_date": np.array(["2021-02-10", "2021-02-10"], "datetime64[s]"),
        }
    )
    result = verdicts._run_suite("persons", rules, frame)
    assert [outcome.result["unexpected_count"] for outcome in result.results] == [1, 1, 1, 1]
    text = str(result) + repr(result) + str(result.to_json_dict()) + str(result.describe())
    for value in (CANARY, "1831", "2921"):
        assert value not in text
