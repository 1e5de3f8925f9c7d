{% set no_slices = {'agencies': false, 'zones': false, 'programs': false} %}

with cited as (
    select distinct decisions.decision_id
    from {{ ref('stg_decisions') }} as decisions
    inner join {{ ref('indicators') }} as indicators
        on {{ list_holds("replace(decisions.cited_indicators, ' ', '')", 'indicators.indicator_id') }}
),

decisions as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        cited.decision_id is not null as is_citing
    from {{ ref('stg_decisions') }} as decisions
    left join cited on decisions.decision_id = cited.decision_id
    {{ join_intervals_of('decisions.decision_date') }}
    where decisions.body_code = 'steering'
),

activities as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        entries.activity_code as activity
    from {{ ref('stg_backbone_activities') }} as entries
    {{ join_intervals_of('entries.entry_date') }}
    where entries.activity_code <> 'unmapped'
),

-- Money is reported by fiscal year, so only the reporting year that begins on that day has a value.
funding as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        funding.amount,
        funding.is_aligned = 'yes' as is_aligned
    from {{ ref('stg_funding') }} as funding
    inner join {{ source('reference', 'intervals') }} as intervals
        on funding.fiscal_year_start = intervals.interval_start
        and intervals.interval_kind not in ('month', 'quarter')
    where funding.source_kind not in ('partner_transfer', 'unmapped')
)

{{ indicator_values(
    'decisions_citing_indicator_pct', 'decisions', numerator=count_where('is_citing'), denominator='count(*)',
    value=percent(count_where('is_citing'), 'count(*)'), breakdowns=[], **no_slices
) }}

union all

{{ indicator_values(
    'backbone_activities_evidenced_count', 'activities', numerator='count(distinct activity)',
    breakdowns=['activity'], **no_slices
) }}

union all

{% set aligned, total = exact_sum('case when is_aligned then amount else 0 end'), exact_sum('amount') %}
{{ indicator_values(
    'funding_aligned_pct', 'funding', numerator=aligned, denominator=total,
    value=percent(aligned, total), breakdowns=[], **no_slices
) }}
