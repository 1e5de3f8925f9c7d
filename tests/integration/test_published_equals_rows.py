"""Published numbers against a separate SQL, written by hand over the accepted rows and the crosswalk alone.

It shares nothing with the dbt models but the definitions. The ends of a linkage band are the same SQL over the
crosswalks of strict and of lenient matching.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import Build

SERVED = """
    with enrolments as (
      select e._agency_id as agency, e.person_id_agency as id, e.enrolment_id_agency, e.program_code as program,
        e.entry_date, e.exit_date, e.destination_code
      from accepted_enrolments as e
      qualify row_number() over (partition by e._agency_id, e.enrolment_id_agency
        order by e._period_end desc, e._received_date desc, e._receipt_order desc, e._row_number desc) = 1
    ), contacts as (
      select _agency_id as agency, person_id_agency as id, contact_date, contact_status, program_code as program
      from accepted_contacts
      qualify row_number() over (partition by _agency_id, contact_id_agency
        order by _period_end desc, _received_date desc, _receipt_order desc, _row_number desc) = 1
    ), outcomes as (
      select distinct _agency_id as agency, person_id_agency as id, assessed_date from accepted_outcomes
    ), shared as (
      select agency_id as agency, person_id_agency as id, person from {crosswalk}
    ), activity as (
      select agency, person, entry_date as day from enrolments join shared using (agency, id)
      union all select agency, person, contact_date from contacts join shared using (agency, id)
        where contact_status = 'delivered'
      union all select agency, person, assessed_date from outcomes join shared using (agency, id)
    ), served as (
      select s.person, e.agency, e.program from enrolments as e join shared as s using (agency, id)
      where e.entry_date <= $end and (e.exit_date is null or e.exit_date >= $start) and (
        e.agency not in (select _agency_id from accepted_contacts)
        or exists (select 1 from activity as a where a.agency = e.agency and a.person = s.person
          and a.day between $start::date - 90 and $end))
      union
      select s.person, c.agency, c.program from contacts as c join shared as s using (agency, id)
      where c.contact_status = 'delivered' and c.contact_date between $start and $end
    )
"""
PERSONS = f"{SERVED} select count(distinct person) from served"
FAMILIES = f"{SERVED} select count(distinct family) from served join {{members}} using (person)"
INTERVALS = [("month", "2025-04-01", "2025-04-30"), ("quarter", "2025-10-01", "2025-12-31")]
INTERVALS += [("calendar_year", "2025-01-01", "2025-12-31"), ("school_year", "2025-07-01", "2026-06-30")]


@pytest.fixture(scope="module")
def rows(built: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    settings = built.settings
    with duckdb.connect() as connection:
        for name in ("persons", "enrolments", "contacts", "referrals", "outcomes"):
            connection.execute(f"create view accepted_{name} as from '{settings.accepted}/{name}.parquet'")
        identity = settings.identity
        connection.execute(f"""
            create view crosswalk as from '{identity}/person_crosswalk.parquet';
            create view persons as from '{identity}/persons.parquet';
            create view members as from '{identity}/family_members.parquet';
            create view crosswalk_shared as select *, person_id_shared as person from crosswalk;
            create view crosswalk_strict as
            select *, person_id_strict as person from '{identity}/person_bands.parquet';
            create view crosswalk_lenient as
            select *, person_id_lenient as person from '{identity}/person_bands.parquet';
            create view members_shared as select family_id_shared as family, person_id_shared as person from members;
            create view members_strict as
            select family_id_strict as family, person_id_strict as person
            from '{identity}/family_members_strict.parquet';
            create view members_lenient as
            select family_id_lenient as family, person_id_lenient as person
            from '{identity}/family_members_lenient.parquet';
        """)
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        connection.execute("create view warehouse_values as from warehouse.marts.fct_indicator_values")
        connection.execute(f"create view published as from '{settings.published}/indicator_values.parquet'")
        yield connection


def published(
    rows: duckdb.DuckDBPyConnection, indicator_id: str, kind: str, start: str, agency: str | None = None
) -> tuple[float | None, float | None, float | None, str]:
    found = rows.execute(
        """select numerator, denominator, value, suppression from published
        where indicator_id = ? and interval_kind = ? and interval_start = ? and agency_id is not distinct from ?
          and program_id is null and zone_id is null and breakdown_kind is null""",
        [indicator_id, kind, start, agency],
    ).fetchall()
    assert len(found) == 1
    return found[0]  # type: ignore[no-any-return]


def counted(rows: duckdb.DuckDBPyConnection, sql: str, matching: str, start: str, end: str) -> int:
    """One of the counts above, as if this matching's crosswalk and families were the chosen ones."""
    sql = sql.format(crosswalk=f"crosswalk_{matching}", members=f"members_{matching}")
    return int(rows.execute(sql, {"start": start, "end": end}).fetchall()[0][0])


@pytest.mark.parametrize(("kind", "start", "end"), INTERVALS)
@pytest.mark.parametrize(
    ("indicator_id", "sql"), [("persons_served_count", PERSONS), ("families_served_count", FAMILIES)]
)
def test_persons_and_families_served_with_their_band(
    rows: duckdb.DuckDBPyConnection, indicator_id: str, sql: str, kind: str, start: str, end: str
) -> None:
    counts = {matching: counted(rows, sql, matching, start, end) for matching in ("lenient", "shared", "strict")}
    [found] = rows.execute(
        """select value_low, value, value_high from published
        where indicator_id = ? and interval_kind = ? and interval_start = ?
          and coalesce(agency_id, program_id, zone_id, breakdown_kind) is null""",
        [indicator_id, kind, start],
    ).fetchall()
    assert found[1] == counts["shared"]
    assert (found[0], found[2]) in ((min(counts.values()), max(counts.values())), (None, None))
    assert found[0] is not None or "year" not in kind, "the band of a year is hidden last"


@pytest.mark.parametrize(("kind", "start", "end"), INTERVALS)
def test_those_who_did_not_consent_to_linking_are_counted_apart(
    rows: duckdb.DuckDBPyConnection, kind: str, start: str, end: str
) -> None:
    sql = SERVED.format(crosswalk="crosswalk_shared")
    days = {"start": start, "end": end}
    persons = rows.execute(
        f"""{sql} select count(distinct person) filter (is_linkable), count(distinct person) filter (not is_linkable)
        from served join persons on person = person_id_shared""",
        days,
    ).fetchall()[0]
    families = rows.execute(
        f"""{sql}, families as (
          select family_id_shared as family, bool_or(is_linkable) as is_linkable
          from members join persons using (person_id_shared) group by 1
        ), served_families as (
          select distinct family, is_linkable
          from served join members on person = person_id_shared join families on family = family_id_shared
        )
        select count(*) filter (is_linkable), count(*) filter (not is_linkable) from served_families""",
        days,
    ).fetchall()[0]
    place = """where indicator_id = ? and interval_kind = ? and interval_start = ? and agency_id is null
      and breakdown_kind = 'linkability' order by breakdown_code"""
    for indicator_id, counts in (("persons_served_count", persons), ("families_served_count", families)):
        where = [indicator_id, kind, start]
        linkable, not_linkable = rows.execute(f"select value from warehouse_values {place}", where).fetchall()
        assert (linkable[0], not_linkable[0]) == counts
        found = [value for (value,) in rows.execute(f"select value from published {place}", where).fetchall()]
        assert len(found) == (2 if "year" in kind else 0)
        for value, count in zip(found, counts, strict=False):
            assert value in (None, count)
            assert value is None or not 1 <= count <= 10


def test_persons_served_by_agency(rows: duckdb.DuckDBPyConnection) -> None:
    days = {"start": "2025-01-01", "end": "2025-12-31"}
    served = SERVED.format(crosswalk="crosswalk_shared")
    by_agency = rows.execute(f"{served} select agency, count(distinct person) from served group by 1", days).fetchall()
    assert len(by_agency) == 7
    for agency, persons in by_agency:
        assert published(rows, "persons_served_count", "calendar_year", "2025-01-01", agency)[2] == persons


@pytest.mark.parametrize(("kind", "start", "end"), INTERVALS[2:])
def test_share_of_families_in_two_agencies(rows: duckdb.DuckDBPyConnection, kind: str, start: str, end: str) -> None:
    served = SERVED.format(crosswalk="crosswalk_shared")
    in_two, families = rows.execute(
        f"""{served}, linkable as (
          select family_id_shared from members join persons using (person_id_shared) where is_linkable),
        families as (
          select family_id_shared, count(distinct agency) as agencies
          from served join members on person = person_id_shared
          where family_id_shared in (from linkable) group by 1)
        select count(*) filter (agencies > 1), count(*) from families""",
        {"start": start, "end": end},
    ).fetchall()[0]
    numerator, denominator, value, _ = published(rows, "families_in_two_agencies_pct", kind, start)
    assert (numerator, denominator, value) == (in_two, families, round(100 * in_two / families))


def test_referrals_made_and_those_closed_in_time(rows: duckdb.DuckDBPyConnection) -> None:
    made = rows.execute("""
        select count(distinct (_agency_id, referral_id_agency)) from accepted_referrals
        where direction_code = 'sent' and made_date between '2025-01-01' and '2025-12-31'""").fetchall()[0][0]
    numerator, denominator, value, _ = published(rows, "referrals_closed_loop_pct", "calendar_year", "2025-01-01")
    assert published(rows, "referrals_made_count", "calendar_year", "2025-01-01")[2] == made
    # All referrals of 2025 had matured by July 2026.
    assert denominator == made
    assert numerator is not None
    assert value == round(100 * numerator / made)


def test_referrals_closed_by_word_or_enrolment(rows: duckdb.DuckDBPyConnection) -> None:
    closed = rows.execute("""
        with latest as (
          select * from accepted_referrals
          qualify row_number() over (partition by _agency_id, referral_id_agency
            order by _period_end desc, _received_date desc, _receipt_order desc, _row_number desc) = 1
        ), named as (
          select l.*, c.person_id_shared from latest as l join crosswalk as c
            on c.agency_id = l._agency_id and c.person_id_agency = l.person_id_agency
        ), sent as (select * from named where direction_code = 'sent' and year(made_date) = 2025),
        received as (select * from named where direction_code = 'received'),
        opened as (
          select e._agency_id as agency, c.person_id_shared, e.entry_date
          from accepted_enrolments as e join crosswalk as c
            on c.agency_id = e._agency_id and c.person_id_agency = e.person_id_agency
          qualify row_number() over (partition by e._agency_id, e.enrolment_id_agency
            order by e._period_end desc, e._received_date desc, e._receipt_order desc, e._row_number desc) = 1
        )
        select count(*) from sent as s
        where exists (
          select 1 from received as r where r._agency_id = s.other_agency_code and r.other_agency_code = s._agency_id
            and (r.referral_key = s.referral_key or ((r.referral_key is null or s.referral_key is null)
              and r.person_id_shared = s.person_id_shared and r.made_date = s.made_date))
            and r.outcome_code not in ('waiting', 'unmapped') and r.outcome_date <= s.made_date + 60
        ) or (
          not exists (
            select 1 from received as r where r._agency_id = s.other_agency_code and r.other_agency_code = s._agency_id
              and (r.referral_key = s.referral_key or ((r.referral_key is null or s.referral_key is null)
                and r.person_id_shared = s.person_id_shared and r.made_date = s.made_date))
              and r.outcome_code not in ('waiting', 'unmapped')
          ) and (
            (s.outcome_code not in ('waiting', 'unmapped') and s.outcome_date <= s.made_date + 60)
            or (coalesce(s.outcome_code, 'waiting') in ('waiting', 'unmapped') and exists (
              select 1 from opened as o where o.agency = s.other_agency_code
                and o.person_id_shared = s.person_id_shared
                and o.entry_date between s.made_date and s.made_date + 60))
          )
        )""").fetchall()[0][0]
    assert published(rows, "referrals_closed_loop_pct", "calendar_year", "2025-01-01")[0] == closed


def test_exits_to_a_permanent_home(rows: duckdb.DuckDBPyConnection) -> None:
    permanent, known = rows.execute("""
        with latest as (
          select * from accepted_enrolments
          qualify row_number() over (partition by _agency_id, enrolment_id_agency
            order by _period_end desc, _received_date desc, _receipt_order desc, _row_number desc) = 1
        )
        select count(*) filter (destination_code like 'permanent%'),
          count(*) filter (destination_code not in ('unknown', 'refused', 'not_collected', 'unmapped', 'deceased'))
        from latest
        where program_code in ('transitional_housing', 'rapid_rehousing')
          and exit_date between '2025-01-01' and '2025-12-31'""").fetchall()[0]
    numerator, denominator, value, _ = published(rows, "exits_to_permanent_home_pct", "calendar_year", "2025-01-01")
    assert (numerator, denominator, value) == (permanent, known, round(100 * permanent / known))


def test_share_of_submissions_received(rows: duckdb.DuckDBPyConnection, built: Build) -> None:
    """Months in which the police sent nothing: three datasets of one month are missing."""
    numerator, denominator, value, _ = published(rows, "submissions_received_pct", "month", "2026-02-01")
    assert denominator is not None
    assert denominator - 3 == numerator
    assert value == round(100 * numerator / denominator)
    police = published(rows, "submissions_received_pct", "month", "2026-02-01", "police_victim_support")
    assert police[:3] == (0, 3, 0)


def test_a_month_not_received_is_missing_and_not_zero(rows: duckdb.DuckDBPyConnection) -> None:
    assert published(rows, "persons_served_count", "month", "2026-02-01", "police_victim_support")[2:] == (
        None,
        "missing",
    )
