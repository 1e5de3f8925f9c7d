"""The families behind a figure, counted a second time by plain SQL over the accepted rows.

Belongs here: `families_behind`, by which disclosure control knows that a figure rests on one or two families. Stays
out: the figures themselves (test_indicators_equal_rows.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Build

LATEST = """qualify row_number() over (partition by _agency_id, {key}
    order by _period_end desc, _received_date desc, _receipt_order desc, _row_number desc) = 1"""
# Of whom: each agency's person, and the one family with which it counts.
HOME = "left join homes on homes.agency_id = rows._agency_id and homes.person_id_agency = rows.person_id_agency"
# What stands behind each indicator: rows with a day and the family of each.
BEHIND = {
    "exits_unknown_count": f"""
        select rows._agency_id as agency_id, exit_date as day, home from enrolments as rows {HOME}
        join programs on programs.agency_id = rows._agency_id and programs.program_id = rows.program_code
        where records_destinations and (
          destination_code is null or destination_code in ('unknown', 'refused', 'not_collected', 'unmapped'))""",
    "attendance_in_person_pct": f"""
        select rows._agency_id as agency_id, coalesce(cast(scheduled_at as date), contact_date) as day, home
        from contacts as rows {HOME}
        where contact_kind in ('meeting', 'home_visit', 'group') and contact_mode = 'in_person'
          and contact_status = 'delivered'""",
}


@pytest.fixture(scope="module")
def rows(built: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    settings = built.settings
    with duckdb.connect() as connection:
        for name, key in (("enrolments", "enrolment_id_agency"), ("contacts", "contact_id_agency")):
            latest = LATEST.format(key=key)
            connection.execute(f"create view {name} as from '{settings.accepted}/{name}.parquet' {latest}")
        connection.execute(f"""
            create view programs as from '{settings.reference}/programs.parquet';
            create view intervals as from '{settings.reference}/intervals.parquet';
            create view homes as
            select agency_id, person_id_agency, coalesce(min(family_id_shared), any_value(person_id_shared)) as home
            from '{settings.identity}/person_crosswalk.parquet'
            left join '{settings.identity}/family_members.parquet' using (person_id_shared)
            group by all;
            attach '{settings.warehouse}' as warehouse (read_only)""")
        yield connection


@pytest.mark.parametrize("indicator_id", BEHIND)
def test_families_behind_equal_the_separate_count(rows: duckdb.DuckDBPyConnection, indicator_id: str) -> None:
    compared, differing = rows.execute(
        f"""
        with items as ({BEHIND[indicator_id]}),
        separate as (
          select interval_kind, interval_start, agency_id, count(distinct home) as families
          from items join intervals on day between interval_start and interval_end
          group by grouping sets ((interval_kind, interval_start), (interval_kind, interval_start, agency_id)))
        select count(*), count(*) filter (w.families_behind is distinct from coalesce(s.families, 0))
        from warehouse.marts.fct_indicator_values as w
        left join separate as s on w.interval_kind = s.interval_kind and w.interval_start = s.interval_start
          and w.agency_id is not distinct from s.agency_id
        where indicator_id = ? and value is not null
          and program_id is null and zone_id is null and breakdown_kind is null""",
        [indicator_id],
    ).fetchall()[0]
    assert compared > 0
    assert differing == 0


def test_families_behind_are_null_of_organisations_alone(built_warehouse: Path) -> None:
    with duckdb.connect(str(built_warehouse), read_only=True) as warehouse:
        classes = warehouse.execute("""
            select disclosure_class, count(*) filter (families_behind is null), count(*) filter (families_behind > 0)
            from marts.fct_indicator_values join marts.dim_indicators using (indicator_id) group by 1""").fetchall()
    nulls = {name: (without > 0, some > 0) for name, without, some in classes}
    assert nulls == {"people": (False, True), "respondents": (False, True), "organisations": (True, False)}
