"""Counts of a few people are hidden, and every number from which they could be told; the rest stays as it is."""

from __future__ import annotations

import csv
from typing import Any

import pyarrow as pa
import pytest

from dagster_project.disclosure.rules import (
    PublicationError,
    drop_signals_on_hidden_months,
    hide_finding_counts,
    hide_indicator_values,
    hide_referral_flows,
    hide_row_counts,
    judge_finding_counts,
    judge_indicator_values,
    judge_referral_flows,
    judge_row_counts,
)
from dagster_project.settings import PROJECT_ROOT

NUMBERS = ("numerator", "denominator", "value", "value_low", "value_high", "bound_low", "bound_high")
CELL = {
    "interval_kind": "month",
    "interval_start": "2026-01-01",
    "agency_id": None,
    "program_id": None,
    "zone_id": None,
    "breakdown_kind": None,
    "breakdown_code": None,
    "submissions_expected": 3,
}
TEXTS = ("indicator_id", *(name for name in CELL if name != "submissions_expected"), "missing_reason", "status")
VALUES = pa.schema(
    [
        *((name, pa.string()) for name in TEXTS),
        *((name, pa.float64()) for name in NUMBERS),
        ("submissions_expected", pa.int64()),
        ("families_behind", pa.int64()),
    ]
)
INDICATORS = pa.table(
    {
        "indicator_id": ["persons", "share", "days", "answers", "agencies", "agencies_share", "caseload"],
        "people_in": [
            "numerator",
            "numerator;denominator",
            "denominator",
            "numerator;denominator",
            None,
            None,
            "numerator",
        ],
        "disclosure_class": ["people", "people", "people", "respondents", "organisations", "organisations", "people"],
        "measure_kind": ["count", "share", "measure", "share", "count", "share", "measure"],
        "shows_none_and_all": [False, True, False, False, False, True, False],
    }
)


@pytest.fixture(scope="module")
def rules() -> pa.Table:
    """The project's own thresholds: people 1 to 10, respondents 1 to 4, organisations shown."""
    with (PROJECT_ROOT / "dbt" / "seeds" / "disclosure_rules.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return pa.table(
        {
            "disclosure_class": [row["disclosure_class"] for row in rows],
            "hidden_from": pa.array([int(row["hidden_from"]) for row in rows]),
            "hidden_to": pa.array([int(row["hidden_to"]) for row in rows]),
            "protected_values": pa.array([int(row["protected_values"]) for row in rows]),
            "hide_rates_on_small_counts": [row["hide_rates_on_small_counts"] == "true" for row in rows],
        }
    )


def cell(indicator: str, numerator: float | None, denominator: float | None = None, **other: Any) -> dict[str, Any]:
    value = numerator if denominator is None or not numerator else numerator / denominator
    around = {"value": value, "value_low": value, "value_high": value, "bound_low": value, "bound_high": value}
    own = {"indicator_id": indicator, "numerator": numerator, "denominator": denominator, "status": "final"}
    return {**CELL, **around, **own, "missing_reason": None, **other}


def suppressed(rules: pa.Table, *cells: dict[str, Any]) -> list[dict[str, Any]]:
    judged = judge_indicator_values(pa.Table.from_pylist(list(cells), schema=VALUES), INDICATORS, rules)
    rows: list[dict[str, Any]] = hide_indicator_values(judged).to_pylist()
    return rows


# Indicator, numerator, denominator, and whether the cell may be shown.
CASES: list[tuple[str, float, float | None, str]] = [
    ("persons", 0, None, "shown"),
    ("persons", 1, None, "hidden"),
    ("persons", 10, None, "hidden"),
    ("persons", 11, None, "shown"),
    ("share", 11, 100, "shown"),
    ("share", 0, 100, "shown"),
    ("share", 1, 100, "hidden"),
    ("share", 10, 100, "hidden"),
    ("share", 90, 100, "hidden"),
    ("share", 99, 100, "hidden"),
    ("share", 89, 100, "shown"),
    ("share", 100, 100, "shown"),
    ("share", 0, 10, "hidden"),
    ("share", 0, 1, "hidden"),
    ("share", 10, 10, "hidden"),
    ("share", 11, 11, "shown"),
    ("share", 0, 0, "shown"),
    ("days", 5, 11, "shown"),
    ("days", 1, 100, "shown"),
    ("days", 10, 12, "shown"),
    ("days", 400, 10, "hidden"),
    ("days", 400, 1, "hidden"),
    ("answers", 4, 100, "hidden"),
    ("answers", 5, 100, "shown"),
    ("answers", 96, 100, "hidden"),
    ("answers", 5, 9, "hidden"),
    ("answers", 0, 4, "hidden"),
    ("agencies", 1, None, "shown"),
    ("agencies", 7, None, "shown"),
    ("agencies_share", 1, 2, "shown"),
    ("caseload", 40, 3, "shown"),
    ("caseload", 10, 3, "hidden"),
    ("caseload", 12, 10, "shown"),
]


@pytest.fixture(scope="module")
def judged(rules: pa.Table) -> dict[str, dict[str, Any]]:
    """All cases in one table, each in a zone of its own."""
    cells = [cell(*case[:3], zone_id=str(n)) for n, case in enumerate(CASES)]
    return {row["zone_id"]: row for row in suppressed(rules, *cells)}


@pytest.mark.parametrize("n", range(len(CASES)), ids=["-".join(str(part) for part in case) for case in CASES])
def test_a_cell_is_hidden_when_it_tells_of_a_few_people(judged: dict[str, dict[str, Any]], n: int) -> None:
    indicator, numerator, denominator, suppression = CASES[n]
    sent = cell(indicator, numerator, denominator, zone_id=str(n))
    expected = sent if suppression == "shown" else {**sent, **dict.fromkeys(NUMBERS)}
    assert judged[str(n)] == {**expected, "suppression": suppression}, "hidden: its place stays, every number goes"


@pytest.mark.parametrize(
    ("value", "low", "high", "shown"),
    [
        pytest.param(40, 38, 45, (40, 38, 45), id="all large"),
        pytest.param(12, 10, 14, (12, None, None), id="few at the lower end"),
        pytest.param(11, 11, 11, (11, 11, 11), id="one number"),
        pytest.param(0, 0, 0, (0, 0, 0), id="nobody"),
        pytest.param(0, 0, 2, (0, None, None), id="few at the upper end"),
        pytest.param(12, 0, 14, (12, 0, 14), id="nobody at the lower end"),
        pytest.param(8, 0, 12, (None, None, None), id="the cell is hidden"),
        pytest.param(40, None, None, (40, None, None), id="no band"),
    ],
)
def test_a_band_is_shown_whole_with_its_cell_or_not_at_all(
    rules: pa.Table, value: float, low: float | None, high: float | None, shown: tuple[float | None, ...]
) -> None:
    [found] = suppressed(rules, cell("persons", value, value_low=low, value_high=high))
    assert (found["value"], found["value_low"], found["value_high"]) == shown
    assert found["suppression"] == ("hidden" if shown[0] is None else "shown")


def test_a_band_of_organisations_is_shown_however_small(rules: pa.Table) -> None:
    [found] = suppressed(rules, cell("agencies", 7, value_low=2, value_high=9))
    assert (found["value"], found["value_low"], found["value_high"]) == (7, 2, 9)


@pytest.mark.parametrize("reason", ["not_received", "not_collected", "not_applicable", "no_cases", "too_few"])
def test_what_is_missing_stays_missing(rules: pa.Table, reason: str) -> None:
    missing = cell("persons", None, missing_reason=reason)
    with_numbers = cell("share", 3, 4, missing_reason=reason, zone_id="a")
    found = suppressed(rules, missing, with_numbers)
    assert [(row["suppression"], row["missing_reason"]) for row in found] == [("missing", reason)] * 2
    assert [row[name] for row in found for name in NUMBERS] == [None] * 14


def test_no_cell_is_lost_and_the_order_is_the_same(rules: pa.Table) -> None:
    cells = [
        cell(indicator, numerator, agency_id=agency, zone_id=zone)
        for indicator in ("persons", "agencies")
        for agency in ("clinic", None)
        for zone in ("a", "b", None)
        for numerator in (5,)
    ]
    forward, backward = suppressed(rules, *cells), suppressed(rules, *cells[::-1])
    assert forward == backward
    assert len(forward) == len(cells)


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        pytest.param((0, 0, 0), (0, 0, 0), id="nothing"),
        pytest.param((100, 100, 0), (100, 100, 0), id="none set aside"),
        pytest.param((100, 89, 11), (100, 89, 11), id="many of each"),
        pytest.param((100, 90, 10), (100, None, None), id="few set aside"),
        pytest.param((100, 1, 99), (100, None, None), id="few accepted"),
        pytest.param((10, 10, 0), (None, None, None), id="few in all"),
        pytest.param((11, 11, 0), (11, 11, 0), id="just enough"),
        pytest.param((1, 0, 1), (None, None, None), id="one"),
        pytest.param((None, None, None), (None, None, None), id="not received"),
    ],
)
def test_row_counts_are_hidden_together(
    rows: tuple[int | None, int | None, int | None], shown: tuple[int | None, int | None, int | None]
) -> None:
    """Rows in less the rows accepted are the rows set aside: hiding one of them alone would hide nothing."""
    names = ("rows_in", "rows_accepted", "rows_quarantined")
    counts = {name: pa.array([value], pa.int64()) for name, value in zip(names, rows, strict=True)}
    place = {
        "agency_id": ["clinic"],
        "dataset": ["persons"],
        "period_start": ["2026-01-01"],
        "state": ["accepted"],
        "received_date": ["2026-02-03"],
    }
    [found] = hide_row_counts(judge_row_counts(pa.table({**place, **counts}), 1, 10)).to_pylist()
    assert tuple(found[name] for name in names) == shown
    assert found["suppression"] == ("shown" if shown == rows else "hidden")
    assert (found["agency_id"], found["state"]) == ("clinic", "accepted")


@pytest.mark.parametrize(("count", "shown"), [(1, None), (10, None), (11, 11), (500, 500)])
def test_counts_of_faults_are_hidden_when_few(count: int, shown: int | None) -> None:
    place = {"agency_id": ["clinic"], "dataset": ["persons"], "period_start": ["2026-01-01"]}
    table = pa.table({**place, "rule_id": ["required"], "severity": ["warn"], "findings_count": [count]})
    [found] = hide_finding_counts(judge_finding_counts(table, 1, 10)).to_pylist()
    assert found["findings_count"] == shown
    assert found["suppression"] == ("hidden" if shown is None else "shown")


@pytest.mark.parametrize(("count", "shown"), [(1, None), (10, None), (11, 11)])
def test_flows_of_a_few_referrals_are_hidden(count: int, shown: int | None) -> None:
    place = {"interval_kind": ["month"], "interval_start": ["2026-01-01"]}
    sectors = {"sender_sector": ["police"], "receiver_sector": ["health"]}
    [found] = hide_referral_flows(
        judge_referral_flows(pa.table({**place, **sectors, "referrals_count": [count]}), 1, 10)
    ).to_pylist()
    assert found["referrals_count"] == shown
    assert found["suppression"] == ("hidden" if shown is None else "shown")


def test_limits_of_a_series_with_a_hidden_month_are_not_shown(rules: pa.Table) -> None:
    """A mean over eleven shown months and one hidden gives the hidden one."""
    cells = [cell("persons", 40, agency_id="clinic"), cell("persons", 9, agency_id="school"), cell("persons", 40)]
    cells.append(cell("persons", 5, breakdown_kind="age_band", breakdown_code="a"))
    values = judge_indicator_values(pa.Table.from_pylist(cells, schema=VALUES), INDICATORS, rules)
    agencies = pa.array(["clinic", "school", None], pa.string())
    zones = pa.nulls(3, pa.string())
    signals = pa.table({"indicator_id": ["persons"] * 3, "agency_id": agencies, "zone_id": zones, "center": [40.0] * 3})
    kept = drop_signals_on_hidden_months(signals, values).to_pylist()
    assert [row["agency_id"] for row in kept] == [None, "clinic"]


@pytest.mark.parametrize(("families", "suppression"), [(0, "shown"), (1, "hidden"), (2, "hidden"), (3, "shown")])
def test_a_figure_that_rests_on_one_or_two_families_is_hidden(rules: pa.Table, families: int, suppression: str) -> None:
    [found] = suppressed(rules, cell("persons", 40, families_behind=families))
    assert found["suppression"] == suppression
    assert "families_behind" not in found


@pytest.mark.parametrize("indicator", ["share", "answers"])
@pytest.mark.parametrize("numerator", [0, 40])
def test_a_share_of_none_or_of_all_is_shown_only_where_a_rule_allows_it(
    rules: pa.Table, indicator: str, numerator: int
) -> None:
    """That none of forty families found a service tells of each of them."""
    [found] = suppressed(rules, cell(indicator, numerator, 40))
    assert found["suppression"] == ("shown" if indicator == "share" else "hidden")


def test_cells_without_a_rule_stop_the_publication(rules: pa.Table) -> None:
    with pytest.raises(PublicationError, match="No disclosure rule: unheard_of"):
        suppressed(rules, cell("persons", 40), cell("unheard_of", 40))
