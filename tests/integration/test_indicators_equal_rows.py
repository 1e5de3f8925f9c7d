"""Every cell of the newer indicators against a separate calculation, written by hand in SQL over the accepted rows.

`separate_sql/` holds one view per indicator, from the catalogue's words alone: its items, each with the interval that
it is placed in, whether it counts (`hit`) or how much it is (`amount`). Here they are added up and compared with the
warehouse, in both directions. It shares nothing with the dbt models but the seeds and the reference tables.
A difference names its indicator and counts cells; it shows no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Build

SEPARATE_SQL = Path(__file__).parent / "separate_sql"
SLICES = {"all": (), "agency": ("agency_id",), "program": ("agency_id", "program_id"), "zone": ("zone_id",)}
CELL = ("interval_kind", "interval_start", "agency_id", "program_id", "zone_id", "breakdown_kind", "breakdown_code")

KINDS = {
    "month": ("month",),
    "quarter": ("quarter",),
    "year": ("calendar_year", "school_year", "fiscal_year_april"),
    "wave": ("wave",),
    "all_waves": ("all_waves",),
}

HITS = "count(distinct item) filter (hit) as numerator"
SHARE = f"{HITS}, count(distinct item) as denominator, 100.0 * numerator / denominator as value"
COUNT = f"{HITS}, null as denominator, numerator as value"
MEAN = "avg(amount) as numerator, count(distinct item) as denominator, avg(amount) as value"
MEDIAN = "median(amount) as numerator, count(distinct item) as denominator, median(amount) as value"
# Hours and staff stand beside several families: each counts once.
ONCE = "list_sum(map_values(map_from_entries(list(distinct ({})))))"
HOURS = f"""{ONCE.format("contact, minutes")} / 60 as numerator, count(distinct item) as denominator,
    numerator / denominator as value"""
CASELOAD = f"""count(distinct item) as numerator, {ONCE.format("program, fte")} as denominator,
    numerator / denominator as value"""
TURNOVER = "sum(departures) as numerator, sum(heads) as denominator, 100.0 * numerator / denominator as value"

SUMS = {
    "callback_within_24h_pct": SHARE,
    "home_visit_within_48h_pct": SHARE,
    "home_visits_put_off_count": COUNT,
    "table_sessions_held_pct": SHARE,
    "situations_presented_count": COUNT,
    "situations_presented_before_count": COUNT,
    "situations_accepted_pct": SHARE,
    "situations_connected_pct": SHARE,
    "intervention_within_48h_pct": SHARE,
    "interventions_multi_sector_pct": SHARE,
    "table_attendance_pct": SHARE,
    "risk_factor_prevalence_pct": SHARE,
    "services_mobilised_count": COUNT,
    "gaps_with_action_pct": SHARE,
    "agenda_signed_pct": SHARE,
    "meeting_attendance_pct": SHARE,
    "agreements_formal_count": COUNT,
    "decisions_citing_indicator_pct": SHARE,
    "backbone_activities_evidenced_count": COUNT,
    "family_voice_agree_pct": SHARE,
    "single_entry_pct": SHARE,
    "support_groups_active_count": COUNT,
    "support_groups_champion_led_pct": SHARE,
    "vacancy_days_to_fill_median": MEDIAN,
    "staff_turnover_12_months_pct": TURNOVER,
    "sectors_present_pct": SHARE,
    "network_retention_pct": SHARE,
    "network_diversity_index": MEAN,
    "decisions_shared_pct": SHARE,
    "facilitators_share_pct": SHARE,
    "plans_with_family_pct": SHARE,
    "pairs_at_stage_pct": SHARE,
    "pairs_collaborating_pct": SHARE,
    "pairs_agree_pct": SHARE,
    "pairs_one_sided_count": COUNT,
    "integration_gap_mean": MEAN,
    "contact_hours_per_family": HOURS,
    "attendance_virtual_pct": SHARE,
    "attendance_in_person_pct": SHARE,
    "need_prevalence_pct": SHARE,
    "home_stable_12_months_pct": SHARE,
    "home_follow_up_known_pct": SHARE,
    "resources_no_public_cost_pct": SHARE,
    "consent_to_share_pct": SHARE,
    "intake_shared_pct": SHARE,
    "benefits_screened_pct": SHARE,
    "benefits_enrolled_60d_pct": SHARE,
    "service_desert_pct": SHARE,
    "caseload_per_worker": CASELOAD,
}
# Below so many, a value is not shown.
LEAST = {"staff_turnover_12_months_pct": 10}


@pytest.fixture(scope="module")
def rows(built: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    """The latest accepted rows, the reference tables, the seeds and the separate views; the warehouse beside."""
    settings = built.settings
    with duckdb.connect() as connection:
        for path in sorted(settings.accepted.glob("*.parquet")):
            contract = yaml.safe_load((settings.expectations / "datasets" / f"{path.stem}.yml").read_text("utf-8"))
            key = [column["name"] for column in contract["schema"][0]["properties"] if column.get("primaryKey")]
            connection.execute(f"""
                create view {path.stem} as from '{path}'
                qualify row_number() over (partition by _agency_id, {", ".join(key)}
                  order by _period_end desc, _received_date desc, _receipt_order desc, _row_number desc) = 1""")
        for name in ("build", "labels", "network_sectors", "wave_intervals"):
            connection.execute(f"create view {name} as from '{settings.reference}/{name}.parquet'")
        connection.execute(f"""
            create view reference_intervals as from '{settings.reference}/intervals.parquet';
            create view crosswalk as from '{settings.identity}/person_crosswalk.parquet';
            create view identity_persons as from '{settings.identity}/persons.parquet';
            create view family_members as from '{settings.identity}/family_members.parquet'""")
        for name in ("indicators", "parameters"):
            connection.execute(f"create view {name} as from '{PROJECT_ROOT}/dbt/seeds/{name}.csv'")
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        others = sorted(path for path in SEPARATE_SQL.glob("*.sql") if path.stem != "rows")
        for path in [SEPARATE_SQL / "rows.sql", *others]:
            connection.execute(path.read_text("utf-8"))
        yield connection


def separate_cells(rows: duckdb.DuckDBPyConnection, indicator_id: str) -> str:
    """SQL of all cells that the catalogue wants of an indicator, from its separate view."""
    slices, breakdowns, kinds, has_total, has_zone_breakdowns, decimals = rows.execute(
        """select string_split(slices, ';'), coalesce(string_split(breakdowns, ';'), []), string_split("interval", ','),
          has_total, has_zone_breakdowns, decimals from indicators where indicator_id = ?""",
        [indicator_id],
    ).fetchall()[0]
    sums = SUMS[indicator_id]
    columns_of_view = {name for name, *_ in rows.execute(f"describe {indicator_id}").fetchall()}
    cells = []
    for slice_name in slices:
        # The parts of a breakdown are shown for all together and for each agency, of some indicators for each zone.
        # An item may count otherwise in each slice: then the view names it. Zones are parts of all.
        named = "all" if slice_name == "zone" else slice_name
        only = f"and slice_name = '{named}'" if "slice_name" in columns_of_view else ""
        is_broken_down = slice_name in {"all", "agency"} or (slice_name == "zone" and has_zone_breakdowns)
        shown = ([None] if has_total else []) + (breakdowns if is_broken_down else [])
        for breakdown in shown:
            by = {name: name for name in ("interval_kind", "interval_start", *SLICES[slice_name])}
            if breakdown:
                by |= {"breakdown_kind": f"'{breakdown}'", "breakdown_code": breakdown}
            columns = ", ".join(f"{by.get(name, 'null::varchar')} as {name}" for name in CELL)
            cells.append(f"""
                select {columns}, {sums} from {indicator_id}
                where interval_kind in {tuple(name for kind in kinds for name in KINDS[kind])} {only}
                group by all""")
    measured = f"round(numerator, {decimals})" if sums in (MEAN, MEDIAN, HOURS, CASELOAD) else "numerator"
    return f"""
        select * replace (
          {measured} as numerator, round(denominator, 2) as denominator, round(value, {decimals}) as value)
        from ({" union all ".join(cells)}) where coalesce(denominator >= {LEAST.get(indicator_id, 0)}, true)"""


@pytest.mark.parametrize("indicator_id", SUMS)
def test_every_cell_equals_the_separate_calculation(rows: duckdb.DuckDBPyConnection, indicator_id: str) -> None:
    same_cell = " and ".join(f"w.{name} is not distinct from s.{name}" for name in CELL)
    compared, *differing = rows.execute(
        f"""
        with separate as (select *, true as is_there from ({separate_cells(rows, indicator_id)})),
        warehouse as (
          select *, true as is_there from warehouse.marts.fct_indicator_values
          where indicator_id = ? and value is not null)
        select
          count(*) filter (w.is_there and s.is_there),
          -- What nobody counts has no items here: nothing stands for a count of zero, and for a code of nobody.
          count(*) filter (s.is_there is null and not (
            w.numerator = 0 and (w.denominator is null or w.breakdown_code = 'unknown'))),
          count(*) filter (w.is_there is null),
          count(*) filter (w.is_there and s.is_there and w.numerator is distinct from s.numerator),
          count(*) filter (w.is_there and s.is_there and w.denominator is distinct from s.denominator),
          count(*) filter (w.is_there and s.is_there and w.value is distinct from s.value)
        from warehouse as w full join separate as s on {same_cell}""",
        [indicator_id],
    ).fetchall()[0]
    names = ("in the warehouse alone", "in the separate calculation alone", "numerator", "denominator", "value")
    assert compared > 0
    assert {name: count for name, count in zip(names, differing, strict=True) if count} == {}
