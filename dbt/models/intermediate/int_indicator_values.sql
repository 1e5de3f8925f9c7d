{% set slice = ['agency_id', 'program_id', 'zone_id', 'breakdown_kind', 'breakdown_code'] %}

with computed as (
    select * from {{ ref('int_computed_values') }}
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
        indicators.measure_kind,
        cast(indicators.decimals as integer) as decimals,
        indicators.key_datasets,
        indicators.has_linkage_band,
        indicators.least_denominator,
        coalesce(cast(indicators.window_months as integer) = 12, false)
        and {{ first_day_of_rolling_year('cells.interval_end') }} < build.first_month as is_before_first_year,
        {{ add_days('cells.interval_end', 'cast(indicators.maturity_days as integer)') }} <= build.as_of as is_matured,
        coverage.is_collected,
        cast(coverage.submissions_expected as integer) as submissions_expected,
        cast(coverage.submissions_received as integer) as submissions_received,
        coverage.key_submissions_received,
        coverage.submissions_open,
        computed.numerator,
        computed.denominator,
        computed.value,
        -- Behind a count of nobody stands no family; organisations have none.
        case
            when indicators.disclosure_class <> 'organisations' then coalesce(computed.families_behind, 0)
        end as families_behind,
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
        measure_kind = 'count' as is_count,
        case
            when not is_collected then 'not_collected'
            when is_before_first_year then 'not_applicable'
            when submissions_expected > 0 and key_submissions_received = 0
                and key_datasets <> 'submissions' then 'not_received'
            -- Before the first agreement nobody was asked: a zero would say that nothing happened.
            when submissions_expected = 0 and submissions_received = 0
                and key_datasets <> 'submissions' then 'not_applicable'
            -- An agency that never sends a dataset has no submissions of it to be late.
            when breakdown_kind = 'dataset' and coalesce(denominator, 0) = 0 then 'not_applicable'
            when measure_kind = 'share' and coalesce(denominator, 0) = 0 then 'no_cases'
            when measure_kind = 'measure' and value is null then 'no_cases'
            when denominator < least_denominator then 'too_few'
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
    measure_kind,
    case
        when missing_reason is not null then null
        when measure_kind = 'measure' then round(numerator, decimals)
        else coalesce(numerator, 0)
    end as numerator,
    case when missing_reason is null and not is_count then round(denominator, 2) end as denominator,
    case
        when missing_reason is not null then null
        when is_count then coalesce(value, 0)
        else round(value, decimals)
    end as value,
    -- As a rule lenient matching counts fewest and strict most, but not always (decision 9): the band holds all three.
    case
        when missing_reason is null and is_counted_thrice then least(value_low, coalesce(value, 0), value_high)
    end as value_low,
    case
        when missing_reason is null and is_counted_thrice then greatest(value_low, coalesce(value, 0), value_high)
    end as value_high,
    families_behind,
    submissions_expected,
    submissions_received,
    missing_reason,
    case when submissions_open = 0 and is_matured then 'final' else 'provisional' end as status
from judged
