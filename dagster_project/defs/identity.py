"""Stage identity: persons linked, families made."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import duckdb

from dagster_project.defs.resources import SETTINGS, as_of, expectations, stage
from dagster_project.identity import OUTPUTS, link_persons
from dagster_project.whole_files import quoted

CROSSWALK = dg.AssetKey(["identity", "person_crosswalk"])
INPUTS = [["accepted", "persons"], ["accepted", "enrolments"]]


@dg.multi_asset(
    name="identity",
    group_name="identity",
    specs=[dg.AssetSpec(["identity", name], deps=INPUTS, kinds={"duckdb"}) for name in OUTPUTS],
    check_specs=[dg.AssetCheckSpec("every_person_of_an_agency_has_one_shared_id", asset=CROSSWALK)],
)
def identity() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """The same person at two agencies gets one shared id; persons served together are one family."""
    with stage("link") as progress:
        tally = link_persons(SETTINGS, expectations(), as_of())
        progress.counts = (
            f"{tally.agency_persons} agencies' persons = {tally.shared_persons} persons in {tally.families} families,"
            f" {tally.not_linkable} not linked for want of consent, {tally.to_review} pairs for the steward"
        )
        if tally.of_another_key:
            progress.counts += f"; {tally.of_another_key} persons with tokens of another key meet nobody"
            progress.counts += " (docs/linkage.md, 'Another key')"
        if tally.answers.taken:
            progress.counts += f", {tally.answers.taken} answers read"
        if tally.answers.unclear:
            progress.counts += f"; {tally.answers.unclear} answers not understood (stewardship/review_unclear)"
        if tally.answers.is_unreadable:
            progress.counts += "; the review workbook could not be read (stewardship/review_unreadable)"
    for name in OUTPUTS:
        count = duckdb.sql(f"select count(*) from {quoted(SETTINGS.identity / f'{name}.parquet')}").fetchall()[0][0]
        yield dg.MaterializeResult(asset_key=["identity", name], metadata={"rows": count})
    twice = duckdb.sql(f"""
        select count(*) from (select 1 from {quoted(SETTINGS.identity / "person_crosswalk.parquet")}
          group by agency_id, person_id_agency having count(*) > 1)""").fetchall()[0][0]
    yield dg.AssetCheckResult(
        check_name="every_person_of_an_agency_has_one_shared_id",
        asset_key=CROSSWALK,
        passed=twice == 0,
        metadata={"persons_with_several": twice},
    )


defs = dg.Definitions(assets=[identity])
