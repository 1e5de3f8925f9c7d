-- A value is its source's own: it is shown for the interval of exactly its period and never added up.
with items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        case when conditions.zone_id is null then 'all_zones' else {{ known('conditions.zone_id') }} end as zone_id,
        {{ known('conditions.measure_code') }} as measure,
        conditions.measure_value,
        conditions.population_count
    from {{ ref('stg_community_conditions') }} as conditions
    inner join {{ source('reference', 'intervals') }} as intervals
        on conditions.period_start = intervals.interval_start
        and conditions.period_end = intervals.interval_end
),

whole_region as (
    select * from items where zone_id = 'all_zones'
),

zones as (
    select * from items where zone_id <> 'all_zones'
)

{{ indicator_values(
    'community_condition_value', 'whole_region', numerator='max(measure_value)', denominator='max(population_count)',
    breakdowns=['measure'], total=false, agencies=false
) }}

union all

{{ indicator_values(
    'community_condition_value', 'zones', numerator='max(measure_value)', denominator='max(population_count)',
    breakdowns=[], total=false, agencies=false, zone_breakdowns=['measure']
) }}
