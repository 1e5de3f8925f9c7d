with intervals as (
    select interval_kind, interval_start, interval_end from {{ source('reference', 'intervals') }}
    union all
    select interval_kind, interval_start, interval_end from {{ source('reference', 'waves') }}
),

items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        plans.agency_id,
        coalesce(plans.network_id, 'unknown') as network,
        coalesce(plans.organisation_count >= 2, false)
        and 'yes' in (coalesce(plans.parent_took_part, ''), coalesce(plans.child_took_part, '')) as is_with_family
    from {{ ref('int_action_plans__person_attached') }} as plans
    inner join intervals on plans.plan_date between intervals.interval_start and intervals.interval_end
)

{{ indicator_values(
    'plans_with_family_pct', 'items', numerator=count_where('is_with_family'), denominator='count(*)',
    value=percent(count_where('is_with_family'), 'count(*)'), breakdowns=['network'], zones=false, programs=false
) }}
