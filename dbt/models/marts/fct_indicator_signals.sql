-- Process-behaviour (XmR) limits of monthly values: the mean, and 2.66 times the mean moving range on either side.
-- Nothing is said with fewer than eight points, of a share with a denominator under 30, or of means, medians and
-- breakdowns.
with points as (
    select
        cells.indicator_id,
        coalesce(cells.agency_id, '') as agency_key,
        coalesce(cells.zone_id, '') as zone_key,
        cells.interval_start,
        indicators.measure_kind,
        coalesce(cells.denominator, 30) >= 30 as is_large_enough,
        case indicators.measure_kind
            when 'share' then 100.0 * cells.numerator / cells.denominator
            else cells.value
        end as measured
    from {{ ref('fct_indicator_values') }} as cells
    inner join {{ ref('indicators') }} as indicators on cells.indicator_id = indicators.indicator_id
    where cells.interval_kind = 'month'
        and cells.program_id is null
        and cells.breakdown_kind is null
        and cells.value is not null
        and cells.status = 'final'
        and indicators.measure_kind <> 'measure'
),

moving as (
    select
        *,
        abs(
            measured - lag(measured) over (
                partition by indicator_id, agency_key, zone_key order by interval_start
            )
        ) as moving_range
    from points
),

limits as (
    select
        indicator_id,
        agency_key,
        zone_key,
        min(measure_kind) as measure_kind,
        count(*) as points_count,
        {{ exact_mean('measured') }} as center,
        {{ exact_mean('measured') }} - 2.66 * {{ exact_mean('moving_range') }} as limit_low,
        {{ exact_mean('measured') }} + 2.66 * {{ exact_mean('moving_range') }} as limit_high
    from moving
    group by indicator_id, agency_key, zone_key
    having count(*) >= 8 and {{ count_where('not is_large_enough') }} = 0
),

sided as (
    select
        points.*,
        limits.center,
        limits.limit_low,
        limits.limit_high,
        case when points.measured > limits.center then 1 when points.measured < limits.center then -1 else 0 end as side
    from points
    inner join limits
        on points.indicator_id = limits.indicator_id
        and points.agency_key = limits.agency_key
        and points.zone_key = limits.zone_key
),

-- Eight points in a row on one side of the mean are a change, however near to it.
runs as (
    select
        *,
        sum(side) over (
            partition by indicator_id, agency_key, zone_key
            order by interval_start
            rows between 7 preceding and current row
        ) as last_eight
    from sided
),

signals as (
    select
        indicator_id,
        agency_key,
        zone_key,
        interval_start,
        case
            when measured > limit_high then 'above'
            when measured < limit_low then 'below'
            when last_eight = 8 then 'run_above'
            when last_eight = -8 then 'run_below'
        end as signal,
        row_number() over (
            partition by indicator_id, agency_key, zone_key order by interval_start desc
        ) as recency
    from runs
    where measured > limit_high or measured < limit_low or abs(last_eight) = 8
)

select
    limits.indicator_id,
    nullif(limits.agency_key, '') as agency_id,
    nullif(limits.zone_key, '') as zone_id,
    cast(limits.points_count as integer) as points_count,
    round(limits.center, 1) as center,
    round(greatest(limits.limit_low, 0), 1) as limit_low,
    round(
        case limits.measure_kind when 'share' then least(limits.limit_high, 100) else limits.limit_high end, 1
    ) as limit_high,
    coalesce(signals.signal, 'none') as signal,
    signals.interval_start as signal_interval_start
from limits
left join signals
    on limits.indicator_id = signals.indicator_id
    and limits.agency_key = signals.agency_key
    and limits.zone_key = signals.zone_key
    and signals.recency = 1
