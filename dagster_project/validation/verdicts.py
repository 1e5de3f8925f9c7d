"""Verdicts: Great Expectations judges all new rows of a dataset in one run, the result is split by extract.

Belongs here: running suites and keeping row positions. Stays out: cross-submission rules and what follows (acceptance).
Results are made without values (`exclude_unexpected_values`); an exception inside an expectation is an error of ours.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from dagster_project.contracts import Contract, Expectations
from dagster_project.rooms import open_room
from dagster_project.settings import Settings
from dagster_project.validation.suites import (
    BESIDE,
    MAPPED_SUFFIX,
    READABLE_SUFFIX,
    READING_FAULT,
    SuiteRule,
    expectation_of,
    suite_rules,
)
from dagster_project.whole_files import fingerprint, written_whole

if TYPE_CHECKING:
    import pandas as pd

FINDING_SCHEMA = pa.schema(
    [
        ("_path", pa.string()),
        ("_submission_id", pa.string()),
        ("_extract_number", pa.int64()),
        ("_row_number", pa.int64()),
        ("column", pa.string()),
        ("rule_id", pa.string()),
        ("severity", pa.string()),
    ]
)
# Rows in one frame: so many of the widest dataset are some hundred megabytes.
ROWS_AT_ONCE = 500_000
PLACE = ("_submission_id", "_extract_number", "_row_number")
RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
    "partial_unexpected_count": 0,
}


class RulesError(Exception):
    """An expectation itself failed to run: a fault of a contract or of ours, never of the partner's rows."""


@dataclass(frozen=True)
class RuleOutcome:
    """How one expectation went over all new rows of a dataset: counts only."""

    dataset: str
    rule_id: str
    column: str | None
    severity: str
    rows_judged: int
    rows_found: int


def verdict_path(settings: Settings, extract_path: str, version: str) -> Path:
    """Where the findings on a file of extracts lie: beside its rows, under the version of the rules."""
    return (settings.extracts / extract_path).with_suffix(f".{version[:12]}.findings")


def rules_version(contract: Contract, expectations: Expectations) -> str:
    parts = (fingerprint(Path(__file__).parent, "*.py"), suite_rules(contract, expectations.finding_words))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def judge_new_extracts(
    settings: Settings, expectations: Expectations, extract_paths: dict[str, list[str]]
) -> list[RuleOutcome]:
    """Judge every file of extracts that has no verdict yet.

    `extract_paths` holds, by dataset, paths below `settings.extracts`, repeated or not. Raises `RulesError`.
    """
    outcomes: list[RuleOutcome] = []
    for dataset, paths in sorted(extract_paths.items()):
        contract = expectations.contracts[dataset]
        version = rules_version(contract, expectations)
        new = [path for path in sorted(set(paths)) if not verdict_path(settings, path, version).exists()]
        for chunk in _chunks(settings, new):
            found, findings = _judge(settings, contract, expectations, chunk)
            outcomes += found
            _write_verdicts(settings, findings, chunk, version)
    return _added_up(outcomes)


def _chunks(settings: Settings, paths: Sequence[str]) -> Iterator[list[str]]:
    """Files that are judged together: each run costs a tenth of a second whatever its rows, and each row memory."""
    chunk: list[str] = []
    rows = 0
    for path in paths:
        more = parquet.read_metadata(settings.extracts / path).num_rows
        if chunk and rows + more > ROWS_AT_ONCE:
            yield chunk
            chunk, rows = [], 0
        chunk.append(path)
        rows += more
    if chunk:
        yield chunk


def _added_up(outcomes: list[RuleOutcome]) -> list[RuleOutcome]:
    """One outcome for each expectation, over all chunks."""
    rows: dict[tuple[str, str, str | None, str], tuple[int, int]] = {}
    for one in outcomes:
        place = (one.dataset, one.rule_id, one.column, one.severity)
        judged, found = rows.get(place, (0, 0))
        rows[place] = (judged + one.rows_judged, found + one.rows_found)
    return [RuleOutcome(*place, judged, found) for place, (judged, found) in rows.items()]


def _judge(
    settings: Settings, contract: Contract, expectations: Expectations, paths: Sequence[str]
) -> tuple[list[RuleOutcome], pa.Table]:
    rules = suite_rules(contract, expectations.finding_words)
    frame, places = _frame(settings, contract, rules, paths)
    result = _run_suite(contract.dataset, rules, frame)
    outcomes, parts = [], []
    for outcome in result.results:
        if outcome.exception_info.get("raised_exception", True):
            # The exception's text may repeat values: only the rule's name leaves.
            raise RulesError(f"{contract.dataset}.{outcome.expectation_config.meta['rule_id']} could not be judged")
        meta = outcome.expectation_config.meta
        positions = outcome.result.get("unexpected_index_list") or []
        outcomes.append(
            RuleOutcome(contract.dataset, meta["rule_id"], meta["column"], meta["severity"], len(frame), len(positions))
        )
        if positions:
            found = places.take(pa.array(positions, pa.int64()))
            for name in ("column", "severity"):
                found = found.append_column(name, pa.array([meta[name]] * len(positions), pa.string()))
            same = pa.array([meta["rule_id"]] * len(positions), pa.string())
            rule_ids = found["_fault"] if meta["rule_id"] == READING_FAULT else same
            parts.append(found.append_column("rule_id", rule_ids).select(FINDING_SCHEMA.names).cast(FINDING_SCHEMA))
    return outcomes, pa.concat_tables(parts) if parts else FINDING_SCHEMA.empty_table()


def _frame(
    settings: Settings, contract: Contract, rules: list[SuiteRule], paths: Sequence[str]
) -> tuple[pd.DataFrame, pa.Table]:
    """The columns that the rules look at, as a frame, and the place of each of its rows.

    A faulty row has no cells: the other rules pass over it by seeing harmless flags, and acceptance keeps one reason.
    """
    used = {rule.kwargs[key] for rule in rules for key in ("column", "column_A", "column_B") if key in rule.kwargs}
    names = [c.name for c in contract.columns]
    flags = [
        f"""not list_contains(_unreadable, '{name}') as "{name}{READABLE_SUFFIX}" """
        for name in names
        if name + READABLE_SUFFIX in used
    ] + [
        f"""not list_contains(_unmapped, '{name}') as "{name}{MAPPED_SUFFIX}" """
        for name in names
        if name + MAPPED_SUFFIX in used
    ]
    flags += [_compared_sql(*name.split(BESIDE)) for name in sorted(used) if BESIDE in name]
    own = [f'"{name}"' for name in [*names, "_fault", "_key_state", "_received_date"] if name in used]
    files = [str(settings.extracts / path) for path in paths]
    with open_room(settings) as connection:
        rows = connection.read_parquet(files, union_by_name=True, filename=True)
        length = len(str(settings.extracts)) + 2
        path = f"substr(filename, {length}) as _path"
        table = rows.project(", ".join([*own, *flags, path, *PLACE])).to_arrow_table()
    places = table.select(["_path", *PLACE, "_fault"])
    frame = table.drop_columns(["_path", *PLACE]).to_pandas(date_as_object=False)
    return frame, places


def _compared_sql(name: str, other: str) -> str:
    """A moment as far as it can be compared with the other column: to the day where either has no time."""
    moments = [f'cast("{one}" as timestamp)' for one in (name, other)]
    has_no_time = " or ".join(f"{moment} = date_trunc('day', {moment})" for moment in moments)
    day = f"cast(date_trunc('day', {moments[0]}) as timestamp)"
    return f'case when {has_no_time} then {day} else {moments[0]} end as "{name}{BESIDE}{other}"'


def _run_suite(dataset: str, rules: list[SuiteRule], frame: pd.DataFrame) -> Any:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    expectations = []
    for rule in rules:
        try:
            expectations.append(expectation_of(rule))
        except Exception:
            raise RulesError(f"{dataset}.{rule.rule_id} is no rule of Great Expectations") from None
    suite = gx.ExpectationSuite(name=dataset, expectations=expectations)
    asset = context.data_sources.add_pandas("extracts").add_dataframe_asset(dataset)
    batch = asset.add_batch_definition_whole_dataframe("new").get_batch({"dataframe": frame})
    return batch.validate(suite, result_format=RESULT_FORMAT)


def _write_verdicts(settings: Settings, findings: pa.Table, paths: Sequence[str], version: str) -> None:
    """One file of findings for each file of extracts, empty for a clean one: being there, it says: judged."""
    for path in paths:
        target = verdict_path(settings, path, version)
        with written_whole(target) as temporary:
            parquet.write_table(findings.filter(pc.equal(findings["_path"], path)), temporary)
