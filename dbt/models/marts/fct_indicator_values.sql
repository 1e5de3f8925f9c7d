{% set value_models = [
    'ind_families', 'ind_referrals', 'ind_exits', 'ind_outcomes', 'ind_service_figures', 'ind_submissions'
] %}
{% set slice = ['agency_id', 'program_id', 'zone_id', 'breakdown_kind', 'breakdown_code'] %}

with computed as (
    {% for model in value_models %}
    select * from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

cells as (
    select * from {{ ref('int_indicator_cells') }}
),

coverage as (
    select * from {{ ref('int_indicator_coverage') }}
),

indicators as (
    select * from {{ ref('indicators') }}
),

build as (
    select * from {{ source('reference', 'build') }}
),

joined as (
    select
        cells.*,
        indicators.unit,
        indicators.maturity_days,
        indicators.key_datasets,
        indicators.has_linkage_band,
        coverage.is_collected,
        cast(coverage.submissions_expected as integer) as submissions_expected,
        cast(coverage.submissions_received as integer) as submissions_received,
        coverage.key_submissions_received,
        coverage.submissions_awaited,
        build.as_of,
        computed.numerator,
        computed.denominator,
        computed.value,
        -- Of nobody, a strict and a lenient matching count nobody either.
        case when computed.indicator_id is null then 0 else computed.value_low end as value_low,
        case when computed.indicator_id is null then 0 else computed.value_high end as value_high
    from cells
    inner join indicators on cells.indicator_id = indicators.indicator_id
    inner join coverage
        on cells.indicator_id = coverage.indicator_id
        and cells.interval_kind = coverage.interval_kind
        and cells.interval_start = coverage.interval_start
        and coalesce(cells.agency_id, '') = coalesce(coverage.agency_id, '')
    cross join build
    left join computed
        on cells.indicator_id = computed.indicator_id
        and cells.interval_kind = computed.interval_kind
        and cells.interval_start = computed.interval_start
        {% for column in slice %}
        and coalesce(cells.{{ column }}, '') = coalesce(computed.{{ column }}, '')
        {% endfor %}
),

judged as (
    select
        *,
        has_linkage_band and value_low is not null and value_high is not null as is_counted_thrice,
        unit not in ('percent', 'days') as is_count,
        case
            when not is_collected then 'not_collected'
            when submissions_expected > 0 and key_submissions_received = 0
                and key_datasets <> 'submissions' then 'not_received'
            -- An agency that never sends a dataset has no submissions of it to be late.
            when breakdown_kind = 'dataset' and coalesce(denominator, 0) = 0 then 'not_applicable'
            when unit in ('percent', 'days') and coalesce(denominator, 0) = 0 then 'no_cases'
        end as missing_reason
    from joined
)

select
    indicator_id,
    interval_kind,
    interval_start,
    interval_end,
    agency_id,
    program_id,
    zone_id,
    breakdown_kind,
    breakdown_code,
    case
        when missing_reason is not null then null
        when unit = 'days' then round(value, 0)
        else coalesce(numerator, 0)
    end as numerator,
    case when missing_reason is null and not is_count then denominator end as denominator,
    case
        when missing_reason is not null then null
        when is_count then coalesce(value, 0)
        else round(value, 0)
    end as value,
    -- As a rule lenient matching counts fewest and strict most, but not always (decision 9): the band holds all three.
    case
        when missing_reason is null and is_counted_thrice then least(value_low, coalesce(value, 0), value_high)
    end as value_low,
    case
        when missing_reason is null and is_counted_thrice then greatest(value_low, coalesce(value, 0), value_high)
    end as value_high,
    -- The bounds for absent partners are not computed yet.
    cast(null as double) as bound_low,
    cast(null as double) as bound_high,
    submissions_expected,
    submissions_received,
    missing_reason,
    case
        when submissions_awaited = 0
            and {{ add_days('interval_end', 'cast(maturity_days as integer)') }} <= as_of then 'final'
        else 'provisional'
    end as status
from judged
