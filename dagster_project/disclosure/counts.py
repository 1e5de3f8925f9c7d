"""Counts: every number of people that a publication shows or hides, of all its tables, in one long table.

Belongs here: which columns of which table count people, what is hidden together, who knows a number anyway. Stays out:
what is small (rules), and how counts add up (linked_system).

One row per count: `unit` is what is shown or hidden as one (null: shown nowhere, such as a margin that anybody can add
up), `series` what is counted, then its place: interval_kind, interval_start, interval_end, agency_id, program_id,
zone_id, breakdown_kind, breakdown_code (empty text: all), `value`, whether it `is_shown`, the small counts that are
hidden, `hidden_from` to `hidden_to`, `protected_values` (how many values a hidden one must still be able to have),
whether it is to be protected though it is not small (`is_guarded`), the `cost` of hiding it, and `known_by`, agencies
which know it anyway, separated by semicolons.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from dagster_project.disclosure.rules import HIDDEN, MISSING, SHOWN

PLACE = (
    "interval_kind", "interval_start", "interval_end", "agency_id", "program_id", "zone_id", "breakdown_kind",
    "breakdown_code",
)  # fmt: skip
# What it costs to hide a cell: the broader its slice, the longer its interval and the larger its group, the more
# readers miss it.
_COST = """
    case when coalesce(v.agency_id, v.zone_id, v.breakdown_kind) is null
        then case when i.headline_order is null then 30 else 100 end
      when v.breakdown_kind is null and v.program_id is null then 3
      when coalesce(v.agency_id, v.zone_id) is null then 3
      else 1 end
    * case v.interval_kind when 'month' then 1 when 'quarter' then 2 else 4 end
    * (0.5 + least(ln(1 + coalesce(v.denominator, v.numerator)), 8) / 3)
"""
HEADLINE_COST = 1000.0
# Of fewer, a headline is no reason to publish nothing: it is hidden like any other figure.
HEADLINE_FROM = 100


def counts_of(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The counts of the tables registered as judged_values, judged_submissions, judged_findings, judged_flows,
    indicators, rules and agencies."""
    return connection.sql(f"""
        with people as (select * from rules where disclosure_class = 'people'),
        indicator_cells as (
          select v.*, r.hidden_from, r.hidden_to, r.protected_values,
            list_contains(string_split(coalesce(i.people_in, ''), ';'), 'numerator') as counts_in_numerator,
            list_contains(string_split(coalesce(i.people_in, ''), ';'), 'denominator') as counts_in_denominator,
            case when i.headline_order is not null and coalesce(v.agency_id, v.zone_id, v.breakdown_kind) is null
              and v.interval_kind not in ('month', 'quarter')
              and coalesce(v.denominator, v.numerator) >= {HEADLINE_FROM}
              then {HEADLINE_COST} else {_COST} end as cost,
            -- Hidden though not small, since few families are behind the items that are counted (a mean has them in
            -- its denominator).
            case when v.suppression = '{HIDDEN}' and is_of_few
              then case when counts_in_numerator then 'numerator' else 'denominator' end end as guarded_part
          from judged_values as v join indicators as i using (indicator_id) join rules as r using (disclosure_class)
          where i.people_in is not null and v.suppression <> '{MISSING}'
        ),
        parts as (
          select 'values:' || row_id || ':cell' as unit, indicator_id || ':numerator' as series,
            numerator as value, suppression = '{SHOWN}' as is_shown, * exclude (value, suppression)
          from indicator_cells where counts_in_numerator
          union all by name
          select 'values:' || row_id || ':cell' as unit, indicator_id || ':denominator' as series,
            denominator as value, suppression = '{SHOWN}' as is_shown, * exclude (value, suppression)
          from indicator_cells where counts_in_denominator and denominator is not null
          union all by name
          select 'values:' || row_id || ':cell' as unit, indicator_id || ':rest' as series,
            denominator - numerator as value, suppression = '{SHOWN}' as is_shown, * exclude (value, suppression)
          from indicator_cells where counts_in_numerator and counts_in_denominator and denominator is not null
          union all by name
          -- The ends of a band are no groups of people: they matter for what they tell of their cell.
          select 'values:' || row_id || ':band' as unit, indicator_id || unnest([':low', ':high']) as series,
            unnest([value_low, value_high]) as value,
            band_suppression = '{SHOWN}' as is_shown, * exclude (value, suppression, hidden_from, hidden_to, cost),
            1 as hidden_from, 0 as hidden_to, greatest(0.5, cost / 20) as cost
          from indicator_cells where band_suppression is not null
          union all by name
          -- How many the missing submissions may hold, which the bounds of a count tell.
          select 'values:' || row_id || ':cell' as unit, indicator_id || ':missing' as series,
            bound_high - value as value, suppression = '{SHOWN}' as is_shown,
            * exclude (value, suppression, hidden_from, hidden_to),
            1 as hidden_from, 0 as hidden_to
          from indicator_cells where bound_high is not null and denominator is null
        ),
        -- «No cases» says that there was nobody.
        nobody as (
          select v.indicator_id || unnest([':numerator', ':denominator']) as series,
            unnest([list_contains(people, 'numerator'), list_contains(people, 'denominator')]) as is_of_people,
            v.* exclude (indicator_id), r.*
          from judged_values as v
          join (select *, string_split(people_in, ';') as people from indicators) as i using (indicator_id)
          join rules as r using (disclosure_class)
          where v.missing_reason = 'no_cases'
        ),
        rows_of_files as (
          select 'submissions:' || row_id || ':' || part as unit, 'rows:' || dataset || ':' || name as series,
            value, is_shown, period_start as interval_start, period_end as interval_end, agency_id
          from (
            select *, unnest(['in', 'accepted', 'quarantined']) as name,
              unnest(['in', 'outcome', 'outcome']) as part,
              unnest([rows_in, rows_accepted, rows_quarantined])::double as value,
              unnest([in_suppression = '{SHOWN}', suppression = '{SHOWN}', suppression = '{SHOWN}']) as is_shown
            from judged_submissions
          ) where value is not null
        ),
        findings as (
          select 'findings:' || row_id || ':cell' as unit, 'rows:' || dataset || ':found' as series,
            findings_count::double as value, suppression = '{SHOWN}' as is_shown, period_start as interval_start,
            last_day(period_start) as interval_end, agency_id, 'rule' as breakdown_kind,
            rule_id as breakdown_code
          from judged_findings
        ),
        sectors as (
          -- A sector of one agency is that agency, which knows what it sent and what it got.
          select sector, case when count(*) = 1 then min(agency_id) end as only_agency
          from agencies group by sector
        ),
        flows as (
          select f.*, concat_ws(';', s.only_agency, r.only_agency) as known_by from judged_flows as f
          left join sectors as s on s.sector = f.sender_sector left join sectors as r on r.sector = f.receiver_sector
        ),
        flow_counts as (
          select 'flows:' || row_id || ':cell' as unit, 'flows:' || sender_sector || ':sent' as series,
            'receiver' as breakdown_kind, receiver_sector as breakdown_code, referrals_count::double as value,
            suppression = '{SHOWN}' as is_shown, interval_kind, interval_start, interval_end, known_by
          from flows
          union all by name
          select 'flows:' || row_id || ':cell' as unit, 'flows:' || receiver_sector || ':received' as series,
            'sender' as breakdown_kind, sender_sector as breakdown_code, referrals_count::double as value,
            suppression = '{SHOWN}' as is_shown, interval_kind, interval_start, interval_end, known_by
          from flows
          union all by name
          -- Their margins, which nobody publishes and anybody can add up.
          select unnest(['flows:' || sender_sector || ':sent', 'flows:sent']) as series,
            unnest([null, 'sector']) as breakdown_kind, unnest([null, sender_sector]) as breakdown_code,
            sum(referrals_count)::double as value, false as is_shown, interval_kind, interval_start, interval_end
          from flows group by sender_sector, interval_kind, interval_start, interval_end
          union all by name
          select 'flows:' || receiver_sector || ':received' as series, sum(referrals_count)::double as value,
            false as is_shown, interval_kind, interval_start, interval_end
          from flows group by receiver_sector, interval_kind, interval_start, interval_end
          union all by name
          select 'flows:sent' as series, sum(referrals_count)::double as value, false as is_shown, interval_kind,
            interval_start, interval_end
          from flows group by interval_kind, interval_start, interval_end
        ),
        other_counts as (
          select *, case when interval_end = last_day(interval_start) then 'month' else 'period' end as interval_kind
          from (from rows_of_files union all by name from findings)
          union all by name
          from flow_counts
        ),
        all_counts as (
          select unit, series, {", ".join(PLACE)}, value, is_shown, hidden_from, hidden_to, protected_values,
            cost::double as cost, guarded_part, null::varchar as known_by from parts where value is not null
          union all
          select 'nobody', series, {", ".join(PLACE)}, 0, true, hidden_from, hidden_to, protected_values,
            'inf'::double, null, null
          from nobody where is_of_people
          union all by name
          select o.*, p.hidden_from, p.hidden_to, p.protected_values, 0.5 as cost, null as guarded_part
          from other_counts as o cross join people as p
        )
        select unit, series, {", ".join(f"coalesce({name}::varchar, '') as {name}" for name in PLACE)}, value, is_shown,
          hidden_from, hidden_to, protected_values, coalesce(series like '%:' || guarded_part, false) as is_guarded,
          cost, concat_ws(';', agency_id, nullif(known_by, '')) as known_by
        from all_counts order by all
    """).to_arrow_table()
