"""The rules: which numbers are small, and what is hidden with them (primary suppression).

Belongs here: judging each row by itself, and taking the numbers out of rows that are hidden. Stays out: what other rows
tell of them (linked_system, attack, complementary).

A count of people from 1 to 10 is hidden; so is a share of which the numerator, the denominator or their difference is
such a count, a mean, median or ratio over such a count, and any figure that rests on one or two families. Which of the
two counts people is the catalogue's `people_in`. A share of none or of all is hidden unless a rule allows it. A hidden
row keeps its place and its coverage, and loses every number; a shown one loses its linkage band when an end of it is
such a count. Thresholds come from dbt/seeds/disclosure_rules.csv.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

SHOWN, HIDDEN, MISSING = "shown", "hidden", "missing"
FEW_FAMILIES = 2


class PublicationError(Exception):
    """Nothing is published; the message says where and what to do. What was published before stays."""


def judge_indicator_values(values: pa.Table, indicators: pa.Table, rules: pa.Table) -> pa.Table:
    """The rows of `fct_indicator_values`, numbered (`row_id`), with `suppression` (shown, hidden, missing),
    `band_suppression` (null where there is no band) and `is_of_few` (one or two families behind it).

    Raises `PublicationError`.
    """
    with duckdb.connect() as connection:
        connection.register("indicator_values", values)
        connection.register("indicators", indicators)
        connection.register("rules", rules)
        unruled = connection.sql("""
            select distinct indicator_id from indicator_values as v
            where not exists (select 1 from indicators as i join rules as r using (disclosure_class)
              where i.indicator_id = v.indicator_id) order by 1""").fetchall()
        if unruled:
            raise PublicationError(
                f"No disclosure rule: {', '.join(row[0] for row in unruled)}. Give each indicator in "
                "dbt/seeds/indicators.csv a disclosure_class of dbt/seeds/disclosure_rules.csv."
            )
        return connection.sql(f"""
            with ruled as (
              select v.*, r.*, list_contains(string_split(coalesce(people_in, ''), ';'), 'numerator') as in_numerator,
                list_contains(string_split(coalesce(people_in, ''), ';'), 'denominator') as in_denominator,
                coalesce(v.families_behind between 1 and {FEW_FAMILIES}, false) as is_of_few,
                coalesce(measure_kind = 'share' and not shows_none_and_all and people_in is not null
                  and denominator > 0 and numerator in (0, denominator), false) as is_none_or_all
              from indicator_values as v
              join indicators as i using (indicator_id) join rules as r using (disclosure_class)
            ),
            judged as (
              select *, case
                when missing_reason is not null then '{MISSING}'
                when in_numerator and numerator between hidden_from and hidden_to then '{HIDDEN}'
                when is_of_few then '{HIDDEN}'
                when denominator is null or not hide_rates_on_small_counts then '{SHOWN}'
                when in_denominator and denominator between hidden_from and hidden_to then '{HIDDEN}'
                when in_numerator and in_denominator and denominator - numerator between hidden_from and hidden_to
                  then '{HIDDEN}'
                when is_none_or_all then '{HIDDEN}'
                else '{SHOWN}' end as suppression,
                coalesce(denominator is null and (value_low between hidden_from and hidden_to
                  or value_high between hidden_from and hidden_to), false) as has_small_end
              from ruled
            )
            select row_number() over (order by indicator_id, interval_kind, interval_start, agency_id nulls first,
                program_id nulls first, zone_id nulls first, breakdown_kind nulls first,
                breakdown_code nulls first) - 1 as row_id,
              {", ".join(values.column_names)}, is_of_few, suppression,
              case when value_low is null then null when suppression = '{SHOWN}' and not has_small_end then '{SHOWN}'
                else '{HIDDEN}' end as band_suppression
            from judged order by row_id
        """).to_arrow_table()


def judge_row_counts(submissions: pa.Table, hidden_from: int, hidden_to: int) -> pa.Table:
    """The rows numbered, with `in_suppression` of the rows that came in and `suppression` of what became of them.

    When the accepted or the quarantined rows are few, both are hidden, since rows in less one gives the other.
    """
    few = f"between {hidden_from} and {hidden_to}"
    with duckdb.connect() as connection:
        connection.register("submissions", submissions)
        return connection.sql(f"""
            select row_number() over (order by agency_id, dataset, period_start, received_date) - 1 as row_id, *,
              case when rows_in {few} then '{HIDDEN}' else '{SHOWN}' end as in_suppression,
              case when rows_in {few} or rows_accepted {few} or rows_quarantined {few}
                then '{HIDDEN}' else '{SHOWN}' end as suppression
            from submissions order by row_id
        """).to_arrow_table()


def judge_finding_counts(findings: pa.Table, hidden_from: int, hidden_to: int) -> pa.Table:
    """The rows numbered, with `suppression`: how often a rule was broken is hidden where that is a few rows."""
    order = "agency_id, dataset, period_start, rule_id, severity"
    return _judge_few(findings, "findings_count", order, hidden_from, hidden_to)


def judge_referral_flows(flows: pa.Table, hidden_from: int, hidden_to: int) -> pa.Table:
    """The rows numbered, with `suppression`: how many referrals went from a sector to another."""
    order = "interval_kind, interval_start, sender_sector, receiver_sector"
    return _judge_few(flows, "referrals_count", order, hidden_from, hidden_to)


def _judge_few(counts: pa.Table, column: str, order: str, hidden_from: int, hidden_to: int) -> pa.Table:
    with duckdb.connect() as connection:
        connection.register("counts", counts)
        return connection.sql(f"""
            select row_number() over (order by {order}) - 1 as row_id, *,
              case when {column} between {hidden_from} and {hidden_to} then '{HIDDEN}' else '{SHOWN}' end as suppression
            from counts order by row_id
        """).to_arrow_table()


def hide_indicator_values(judged: pa.Table) -> pa.Table:
    """Take the numbers out of hidden rows, and bands that are hidden; numbers and judgements of single parts go."""
    return _hide(
        judged,
        numbers=("numerator", "denominator", "value", "bound_low", "bound_high"),
        others={"band_suppression": ("value_low", "value_high")},
        dropped=("is_of_few", "families_behind"),
    )


def hide_row_counts(judged: pa.Table) -> pa.Table:
    """Take out the row counts that are hidden."""
    return _hide(judged, numbers=("rows_accepted", "rows_quarantined"), others={"in_suppression": ("rows_in",)})


def hide_finding_counts(judged: pa.Table) -> pa.Table:
    """Take out the counts of findings that are hidden."""
    return _hide(judged, numbers=("findings_count",))


def hide_referral_flows(judged: pa.Table) -> pa.Table:
    """Take out the counts of referrals that are hidden."""
    return _hide(judged, numbers=("referrals_count",))


def _hide(
    judged: pa.Table,
    numbers: tuple[str, ...],
    others: dict[str, tuple[str, ...]] | None = None,
    dropped: tuple[str, ...] = (),
) -> pa.Table:
    """`numbers` go where `suppression` says so, those of `others` where theirs does."""
    conditions = {"suppression": numbers, **(others or {})}
    replaced = ", ".join(
        f"case when {condition} = '{SHOWN}' then {column} end as {column}"
        for condition, columns in conditions.items()
        for column in columns
    )
    excluded = ", ".join(["row_id", *(others or {}), *dropped])
    with duckdb.connect() as connection:
        connection.register("judged", judged)
        order = connection.sql(f"select * exclude ({excluded}) replace ({replaced}) from judged order by row_id")
        return order.to_arrow_table()


def drop_signals_on_hidden_months(signals: pa.Table, values: pa.Table) -> pa.Table:
    """Keep the signals of series whose months are all published and shown: limits would tell of months that are not.

    `values` are the suppressed indicator values.
    """
    with duckdb.connect() as connection:
        connection.register("signals", signals)
        connection.register("indicator_values", values)
        return connection.sql(f"""
            select s.* from signals as s
            where (
              select bool_and(v.suppression <> '{HIDDEN}') from indicator_values as v
              where v.indicator_id = s.indicator_id and v.interval_kind = 'month'
                and v.agency_id is not distinct from s.agency_id and v.zone_id is not distinct from s.zone_id
                and v.program_id is null and v.breakdown_kind is null
            )
            order by indicator_id, agency_id nulls first, zone_id nulls first
        """).to_arrow_table()
