"""Disclosure control: which cells may be shown. Pure: tables in, tables out, no files, no settings.

Belongs here: hiding cells that could tell something about a person. Stays out: where tables come from and go to.

First form: primary suppression. A count of people from 1 to 10 is hidden; so is a share of which the numerator, the
denominator or their difference is such a count, and a mean, median or ratio over such a count. Which of the two counts
people is the catalogue's `people_in`. A hidden cell keeps its place and its coverage, and loses every number; a shown
cell loses its linkage band when an end of it is such a count. Thresholds come from dbt/seeds/disclosure_rules.csv.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

SHOWN, HIDDEN, MISSING = "shown", "hidden", "missing"


def suppress_indicator_values(values: pa.Table, indicators: pa.Table, rules: pa.Table) -> pa.Table:
    """Hide the cells of `fct_indicator_values` that their indicator's disclosure class forbids to show.

    Returns the same rows and columns with a column `suppression` (shown, hidden, missing) after them; in hidden cells
    numerator, denominator, value, bands and bounds are null. A band is shown whole or not at all.
    """
    with duckdb.connect() as connection:
        connection.register("indicator_values", values)
        connection.register("indicators", indicators)
        connection.register("rules", rules)
        return connection.sql(f"""
            with judged as (
              select v.*, case
                when v.missing_reason is not null then '{MISSING}'
                when i.counts_in_numerator and v.numerator between r.hidden_from and r.hidden_to then '{HIDDEN}'
                when v.denominator is null then '{SHOWN}'
                when not r.hide_rates_on_small_counts then '{SHOWN}'
                when i.counts_in_denominator and v.denominator between r.hidden_from and r.hidden_to then '{HIDDEN}'
                when i.counts_in_numerator and i.counts_in_denominator
                  and v.denominator - v.numerator between r.hidden_from and r.hidden_to then '{HIDDEN}'
                else '{SHOWN}' end as suppression,
                v.denominator is null and (v.value_low between r.hidden_from and r.hidden_to
                  or v.value_high between r.hidden_from and r.hidden_to) as has_small_end
              from indicator_values as v
              join (
                select *, list_contains(string_split(coalesce(people_in, ''), ';'), 'numerator') as counts_in_numerator,
                  list_contains(string_split(coalesce(people_in, ''), ';'), 'denominator') as counts_in_denominator
                from indicators
              ) as i using (indicator_id)
              join rules as r using (disclosure_class)
            )
            select * exclude (has_small_end) replace (
              {_hide("numerator", "denominator", "value", "bound_low", "bound_high")},
              {_hide("value_low", "value_high", and_when="not coalesce(has_small_end, false)")}
            )
            from judged
            order by indicator_id, interval_kind, interval_start, agency_id nulls first, program_id nulls first,
              zone_id nulls first, breakdown_kind nulls first, breakdown_code nulls first
        """).to_arrow_table()


def suppress_row_counts(submissions: pa.Table, hidden_from: int, hidden_to: int) -> pa.Table:
    """Hide row counts of submissions: rows are people.

    When the accepted or the quarantined rows are few, both are hidden, since rows in less one gives the other.
    """
    few = f"between {hidden_from} and {hidden_to}"
    with duckdb.connect() as connection:
        connection.register("submissions", submissions)
        return connection.sql(f"""
            with judged as (
              select *, case when rows_in {few} or rows_accepted {few} or rows_quarantined {few}
                then '{HIDDEN}' else '{SHOWN}' end as suppression
              from submissions
            )
            select * replace (
              case when rows_in {few} then null else rows_in end as rows_in,
              {_hide("rows_accepted", "rows_quarantined")}
            )
            from judged order by agency_id, dataset, period_start
        """).to_arrow_table()


def suppress_referral_flows(flows: pa.Table, hidden_from: int, hidden_to: int) -> pa.Table:
    """Hide how many referrals went from a sector to another where that is a few people."""
    order = "interval_kind, interval_start, sender_sector, receiver_sector"
    return _hide_few(flows, "referrals_count", order, hidden_from, hidden_to)


def drop_signals_on_hidden_months(signals: pa.Table, values: pa.Table) -> pa.Table:
    """Keep the signals of series whose months are all shown: limits of a series with hidden months would tell of them.

    `values` are the suppressed indicator values.
    """
    with duckdb.connect() as connection:
        connection.register("signals", signals)
        connection.register("indicator_values", values)
        return connection.sql(f"""
            select s.* from signals as s
            where not exists (
              select 1 from indicator_values as v
              where v.indicator_id = s.indicator_id and v.interval_kind = 'month' and v.suppression = '{HIDDEN}'
                and v.agency_id is not distinct from s.agency_id and v.zone_id is not distinct from s.zone_id
                and v.program_id is null and v.breakdown_kind is null
            )
            order by indicator_id, agency_id nulls first, zone_id nulls first
        """).to_arrow_table()


def suppress_finding_counts(findings: pa.Table, hidden_from: int, hidden_to: int) -> pa.Table:
    """Hide how often a rule was broken where that is a few rows of people."""
    order = "agency_id, dataset, period_start, rule_id, severity"
    return _hide_few(findings, "findings_count", order, hidden_from, hidden_to)


def _hide_few(counts: pa.Table, column: str, order: str, hidden_from: int, hidden_to: int) -> pa.Table:
    """The rows with a column `suppression`, in which few are hidden."""
    with duckdb.connect() as connection:
        connection.register("counts", counts)
        return connection.sql(f"""
            with judged as (
              select *, case when {column} between {hidden_from} and {hidden_to}
                then '{HIDDEN}' else '{SHOWN}' end as suppression
              from counts
            )
            select * replace ({_hide(column)})
            from judged order by {order}
        """).to_arrow_table()


def _hide(*columns: str, and_when: str = "true") -> str:
    condition = f"suppression = '{SHOWN}' and {and_when}"
    return ", ".join(f"case when {condition} then {column} end as {column}" for column in columns)
