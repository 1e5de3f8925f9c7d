"""No hidden small count of what is published is the rest of a sum that is shown.

A sweep that shares nothing with disclosure control: sums that anybody would try, in SQL written for this test, over the
published states and the true numbers of the warehouse. The attack knows more ways than these.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import Build

PLACE = ("agency_id", "program_id", "zone_id", "breakdown_kind", "breakdown_code")
# Of each way to divide: the columns that tell the parts from the whole, and which parts belong together.
DIVISIONS = {
    "agencies": (("agency_id",), "p.agency_id"),
    "programmes": (("program_id",), "p.program_id"),
    "zones": (("zone_id",), "p.zone_id"),
    "breakdowns": (("breakdown_kind", "breakdown_code"), "p.breakdown_kind"),
}
INTERVALS = (
    ("month", "quarter"),
    ("quarter", "calendar_year"),
    ("quarter", "fiscal_year_april"),
    ("quarter", "school_year"),
)


@pytest.fixture(scope="module")
def cells(built: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    """A table of counts (series, place, interval, true value, whether it is shown, whether it is small)."""
    settings = built.settings
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        keys = ("indicator_id", "interval_kind", "interval_start", "interval_end", *PLACE)
        same = " and ".join(f"w.{key} is not distinct from c.{key}" for key in keys)
        connection.execute(f"""
            create table cells as
            select {", ".join(f"coalesce(c.{key}::varchar, '') as {key}" for key in keys)}, i.people_in,
              c.suppression = 'shown' as is_shown, w.numerator, w.denominator
            from '{settings.published}/indicator_values.parquet' as c
            join warehouse.marts.fct_indicator_values as w on {same}
            join '{settings.published}/indicators.parquet' as i on i.indicator_id = c.indicator_id
            where i.disclosure_class = 'people' and i.people_in is not null and c.suppression <> 'missing';
            create table counts as
            select indicator_id || ':numerator' as series, * exclude (numerator, denominator), numerator as value
            from cells where people_in like '%numerator%'
            union all
            select indicator_id || ':denominator' as series, * exclude (numerator, denominator), denominator
            from cells where people_in like '%denominator%' and denominator is not null;
            alter table counts add column is_small boolean;
            update counts set is_small = value between 1 and 10;
        """)
        yield connection


def told_by(cells: duckdb.DuckDBPyConnection, parts_of_wholes: str) -> list[tuple[object, ...]]:
    """Small hidden counts that are a shown whole less shown parts, or the sum of shown parts, of rows (relation,
    whole_value, whole_shown, whole_small, value, is_shown, is_small)."""
    return cells.execute(f"""
        select relation from ({parts_of_wholes})
        group by relation, whole_value, whole_shown, whole_small
        having sum(value) = whole_value and (
          (whole_shown and count(*) filter (not is_shown) = 1 and bool_or(not is_shown and is_small))
          or (not whole_shown and whole_small and bool_and(is_shown)))
        order by 1""").fetchall()


WHOLE = "w.value as whole_value, w.is_shown as whole_shown, w.is_small as whole_small, p.value, p.is_shown, p.is_small"


@pytest.mark.parametrize("division", DIVISIONS)
def test_no_small_count_is_what_the_other_parts_leave(cells: duckdb.DuckDBPyConnection, division: str) -> None:
    columns, together = DIVISIONS[division]
    kept = [key for key in ("series", "interval_kind", "interval_start", *PLACE) if key not in columns]
    parts = f"""
        select concat_ws('|', {", ".join(f"w.{key}" for key in kept)}, {together if "kind" in together else "''"})
          as relation, {WHOLE}
        from counts as w join counts as p on {" and ".join(f"w.{key} = p.{key}" for key in kept)}
        where w.{columns[0]} = '' and p.{columns[0]} <> ''"""
    assert cells.execute(f"select count(*) from ({parts})").fetchall()[0][0] > 100, "the sweep looks at something"
    assert told_by(cells, parts) == []


@pytest.mark.parametrize(("shorter", "longer"), INTERVALS)
def test_no_small_count_is_what_the_other_intervals_leave(
    cells: duckdb.DuckDBPyConnection, shorter: str, longer: str
) -> None:
    kept = ("series", *PLACE)
    parts = f"""
        select concat_ws('|', {", ".join(f"w.{key}" for key in (*kept, "interval_start"))}) as relation, {WHOLE}
        from counts as w join counts as p on {" and ".join(f"w.{key} = p.{key}" for key in kept)}
          and p.interval_start >= w.interval_start and p.interval_end <= w.interval_end
        where w.interval_kind = '{longer}' and p.interval_kind = '{shorter}'"""
    assert cells.execute(f"select count(*) from ({parts})").fetchall()[0][0] > 100
    assert told_by(cells, parts) == []


def test_no_small_count_of_those_who_leave_is_told_by_those_who_stay(cells: duckdb.DuckDBPyConnection) -> None:
    kept = ("interval_kind", "interval_start", *PLACE)
    parts = f"""
        select concat_ws('|', {", ".join(f"w.{key}" for key in kept)}) as relation, {WHOLE}
        from counts as w join counts as p on {" and ".join(f"w.{key} = p.{key}" for key in kept)}
        where w.series = 'persons_active_count:numerator'
          and p.series in ('stayers_count:numerator', 'leavers_count:numerator')"""
    assert cells.execute(f"select count(*) from ({parts})").fetchall()[0][0] > 100
    assert told_by(cells, parts) == []


def test_no_small_count_of_who_may_not_be_matched_is_told_by_a_share_of_who_may(
    cells: duckdb.DuckDBPyConnection,
) -> None:
    kept = ("interval_kind", "interval_start", "agency_id", "program_id", "zone_id")
    told = cells.execute(f"""
        select {", ".join(f"w.{key}" for key in kept)}
        from counts as w join counts as p on {" and ".join(f"w.{key} = p.{key}" for key in kept)}
        join counts as h on {" and ".join(f"w.{key} = h.{key}" for key in kept)}
        where w.series = 'families_served_count:numerator' and w.breakdown_kind = '' and w.is_shown
          and p.series = 'families_in_two_agencies_pct:denominator' and p.breakdown_kind = '' and p.is_shown
          and h.series = w.series and h.breakdown_code = 'not_linkable' and h.is_small and not h.is_shown
          and w.value = p.value + h.value""").fetchall()
    assert told == []
