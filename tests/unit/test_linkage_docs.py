"""What docs/linkage.md says of weights, verdicts, thresholds and match keys is what the code does."""

from __future__ import annotations

import re
from math import log2

import pytest

from dagster_project.contracts.initiative import REVIEW_PAIRS
from dagster_project.identity import homes, model, tokens
from dagster_project.identity.training import LEARN_AGAIN_AT
from dagster_project.settings import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs" / "linkage.md").read_text(encoding="utf-8")


def rows_below(header: str) -> list[list[str]]:
    """The rows of the table whose first line is `header`."""
    lines = PAGE.partition(f"\n{header}\n")[2].splitlines()[1:]
    table = lines[: next((n for n, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_weights_are_those_of_the_model() -> None:
    weights = [
        [name, level.label, f"{log2(level.m / level.u):+.1f}"]
        for name, (_, levels) in model.COMPARISONS.items()
        for level in levels
    ]
    assert rows_below("| comparison | level | weight |") == weights


def test_verdicts_come_in_the_order_of_the_rules() -> None:
    told = [row[-1].strip("`") for row in rows_below("| who it is about | when | verdict |")]
    assert told == re.findall(r"(?:then|else) '(\w+)'", model.verdict_sql(homes_hold_families=True))


def test_thresholds_are_those_of_the_model() -> None:
    told = {
        row[0]: float(row[1])
        for row in rows_below("| threshold | weight | odds that the two are one person | what it is for |")
    }
    assert told == vars(model.THRESHOLDS)


def test_match_keys_are_those_of_the_code() -> None:
    told = [(row[0].strip("`"), row[1]) for row in rows_below("| match key | strength | made of |")]
    assert told == [(key.name, key.strength) for key in tokens.MATCH_KEYS]


@pytest.mark.parametrize(
    "said",
    [
        f"From {model.TRAINED_FROM_PERSONS:,} linkable records on",
        f"at least {tokens.SHORTEST_KEY} characters",
        f"Two sure keys weigh {tokens.SEVERAL_KEYS:g}, one {tokens.ONE_KEY:g}, none {tokens.A_WEAK_KEY}",
        f"than {tokens.MOST_SHARERS} records share",
        f"births {homes.GENERATION_YEARS} years apart",
        f"fewer than {homes.HOMES_TO_JUDGE_BY} homes",
        f"more than {100 * homes.SHARE_OF_FAMILY_HOMES:g} % of the homes",
        f"({REVIEW_PAIRS}\nwhen it says nothing)",
        f"for 3,925 records {log2(model.prior_among(3925)):g}",
        f"for a million {log2(model.prior_among(1_000_000)):g}",
    ],
)
def test_numbers_are_those_of_the_code(said: str) -> None:
    assert said.replace("\n", " ") in " ".join(PAGE.split())


def test_learned_again_when_told() -> None:
    assert LEARN_AGAIN_AT == 4
    assert "four times as many records (`LEARN_AGAIN_AT`)" in " ".join(PAGE.split())
