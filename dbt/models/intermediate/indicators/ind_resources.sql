with items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        resources.zone_id,
        resources.public_cost = 'none' as is_without_public_cost
    from {{ ref('stg_community_resources') }} as resources
    {{ join_intervals_of('resources.created_date') }}
)

{{ indicator_values(
    'resources_no_public_cost_pct', 'items', numerator=count_where('is_without_public_cost'), denominator='count(*)',
    value=percent(count_where('is_without_public_cost'), 'count(*)'), breakdowns=[], agencies=false, programs=false
) }}
