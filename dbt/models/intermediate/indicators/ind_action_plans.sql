-- Over all waves, a plan counts when it was made during one of them.
with periods as (
    select
        interval_kind,
        interval_start,
        interval_end,
        interval_start as first_day,
        interval_end as last_day
    from {{ source('reference', 'intervals') }}

    union all

    select
        pooled.interval_kind,
        pooled.interval_start,
        pooled.interval_end,
        waves.interval_start as first_day,
        waves.interval_end as last_day
    from {{ source('reference', 'wave_intervals') }} as waves
    inner join {{ source('reference', 'wave_intervals') }} as pooled on waves.wave_id = pooled.wave_id
    where waves.interval_kind = 'wave'
),

items as (
    select
        periods.interval_kind,
        periods.interval_start,
        periods.interval_end,
        plans.agency_id,
        plans.person_family_id,
        {{ known('plans.network_id') }} as network,
        coalesce(plans.organisation_count >= 2, false)
        and 'yes' in (coalesce(plans.parent_took_part, ''), coalesce(plans.child_took_part, '')) as is_with_family
    from {{ ref('int_action_plans__person_attached') }} as plans
    inner join periods on plans.plan_date between periods.first_day and periods.last_day
)

{{ indicator_values(
    'plans_with_family_pct', 'items', numerator=count_where('is_with_family'), denominator='count(*)',
    value=percent(count_where('is_with_family'), 'count(*)'), families=families_behind('is_with_family'),
    breakdowns=['network'], zones=false, programs=false
) }}
