"""Stage validation: verdicts of Great Expectations, accepted rows, feedback."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import duckdb

from dagster_project.contracts import load_expectations
from dagster_project.defs.intake import extracts
from dagster_project.defs.resources import SETTINGS, as_of, expectations, stage
from dagster_project.feedback.returns import write_feedback
from dagster_project.intake.archive import all_sightings
from dagster_project.intake.submissions import read_submissions
from dagster_project.submissions import Submission, extract_paths
from dagster_project.validation.acceptance import accept_rows
from dagster_project.validation.verdicts import judge_new_extracts
from dagster_project.whole_files import quoted

DATASETS = sorted(load_expectations(SETTINGS.expectations).contracts)
STATE_TABLES = ("submission_files", "submission_extracts", "expected_submissions", "finding_counts")
VERDICTS = dg.AssetKey(["validation", "verdicts"])
FILES = dg.AssetKey(["reference", "submission_files"])


def _submissions() -> list[Submission]:
    """All submissions that the build knows of, from the records that reading left."""
    submissions = read_submissions(SETTINGS, expectations(), all_sightings(SETTINGS))
    if SETTINGS.known_by is None:
        return submissions
    return [s for s in submissions if s.received_date <= SETTINGS.known_by.isoformat()]


@dg.asset(
    key=VERDICTS,
    deps=[extracts],
    group_name="validation",
    kinds={"greatexpectations"},
    check_specs=[dg.AssetCheckSpec(f"new_{dataset}_meet_expectations", asset=VERDICTS) for dataset in DATASETS],
)
def verdicts() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Great Expectations' verdict on every new row, split by submission."""
    with stage("validate") as progress:
        outcomes = judge_new_extracts(SETTINGS, expectations(), extract_paths(_submissions()))
        rows = {outcome.dataset: outcome.rows_judged for outcome in outcomes}
        found = sum(outcome.rows_found for outcome in outcomes)
        progress.counts = f"{len(outcomes)} rules on {sum(rows.values())} new rows, {found} findings"
    yield dg.MaterializeResult(metadata={"rules": len(outcomes), "rows": sum(rows.values()), "findings": found})
    for dataset in DATASETS:
        broken = {
            f"{o.rule_id}.{o.column or 'row'}": o.rows_found for o in outcomes if o.dataset == dataset and o.rows_found
        }
        yield dg.AssetCheckResult(
            check_name=f"new_{dataset}_meet_expectations",
            asset_key=VERDICTS,
            passed=not broken,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"rows_judged": rows.get(dataset, 0), **broken},
        )


@dg.multi_asset(
    name="accepted_rows",
    group_name="validation",
    specs=[
        *(dg.AssetSpec(["accepted", dataset], deps=[VERDICTS], kinds={"duckdb"}) for dataset in DATASETS),
        *(dg.AssetSpec(["reference", name], deps=[VERDICTS], kinds={"duckdb"}) for name in STATE_TABLES),
    ],
    check_specs=[
        dg.AssetCheckSpec("every_file_seen_has_one_state", asset=FILES),
        dg.AssetCheckSpec("rows_in_are_accepted_or_quarantined", asset=FILES),
    ],
)
def accepted_rows() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Rows that count, without personal columns, and the state of every submission."""
    with stage("accept") as progress:
        tally = accept_rows(SETTINGS, expectations(), _submissions(), as_of())
        progress.counts = (
            f"{tally.rows_in} rows in = {tally.rows_accepted} accepted + {tally.rows_quarantined} quarantined"
        )
    for dataset in DATASETS:
        count = duckdb.sql(f"select count(*) from {quoted(SETTINGS.accepted / f'{dataset}.parquet')}").fetchall()[0][0]
        yield dg.MaterializeResult(asset_key=["accepted", dataset], metadata={"rows": count})
    for name in STATE_TABLES:
        yield dg.MaterializeResult(asset_key=["reference", name])
    states = f"from {quoted(SETTINGS.reference / 'submission_files.parquet')}"
    seen, distinct, unbalanced = duckdb.sql(f"""
        select count(*), count(distinct submission_id) filter (state is not null),
          count(*) filter (rows_in <> rows_accepted + rows_quarantined) {states}""").fetchall()[0]
    yield dg.AssetCheckResult(
        check_name="every_file_seen_has_one_state",
        asset_key=FILES,
        passed=tally.files_seen == seen == distinct,
        metadata={"files_seen": tally.files_seen, "files_with_one_state": distinct},
    )
    yield dg.AssetCheckResult(
        check_name="rows_in_are_accepted_or_quarantined",
        asset_key=FILES,
        passed=unbalanced == 0 and tally.rows_in == tally.rows_accepted + tally.rows_quarantined,
        metadata={"rows_in": tally.rows_in, "accepted": tally.rows_accepted, "quarantined": tally.rows_quarantined},
    )


@dg.asset(key=["validation", "feedback"], deps=[FILES], group_name="validation", kinds={"excel"})
def feedback() -> dg.MaterializeResult[None]:
    """For each submission the annotated workbook, in the agency's language; the answers that came back are kept."""
    if SETTINGS.known_by is not None:
        # An agency is told of today, never of a past day.
        return dg.MaterializeResult(metadata={"workbooks_written": 0})
    with stage("answer") as progress:
        written = write_feedback(SETTINGS, expectations(), _submissions(), as_of())
        progress.counts = f"{written} workbooks written for the agencies"
    return dg.MaterializeResult(metadata={"workbooks_written": written})


defs = dg.Definitions(assets=[verdicts, accepted_rows, feedback])
