-- A child is in the year in which its twelve months end, with the latest word on that milestone.
with children as (
    select
        agency_id,
        person_id_shared,
        person_family_id,
        cast({{ dbt.dateadd('month', 12, 'finalised_date') }} as date) as twelve_month_date
    from {{ ref('int_follow_ups__person_attached') }}
    group by agency_id, person_id_shared, person_family_id, finalised_date
),

answers as (
    select
        follow_ups.agency_id,
        follow_ups.person_id_shared,
        cast({{ dbt.dateadd('month', 12, 'follow_ups.finalised_date') }} as date) as twelve_month_date,
        groups.code_group as situation,
        row_number() over (
            partition by follow_ups.agency_id, follow_ups.person_id_shared, follow_ups.finalised_date
            order by follow_ups.follow_up_date desc nulls last, follow_ups.follow_up_id_agency desc
        ) as recency
    from {{ ref('int_follow_ups__person_attached') }} as follow_ups
    left join {{ source('reference', 'code_groups') }} as groups
        on groups.dataset = 'follow_ups'
        and groups."column" = 'living_situation'
        and follow_ups.living_situation = groups.code
    where follow_ups.milestone_code = 'months_12'
),

items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        children.agency_id,
        children.person_family_id,
        concat(children.person_id_shared, '|', children.twelve_month_date) as child,
        coalesce(answers.situation in ('with_family', 'elsewhere'), false) as is_known,
        coalesce(answers.situation = 'with_family', false) as is_with_family
    from children
    left join answers
        on children.agency_id = answers.agency_id
        and children.person_id_shared = answers.person_id_shared
        and children.twelve_month_date = answers.twelve_month_date
        and answers.recency = 1
    {{ join_intervals_of('children.twelve_month_date') }}
)

{% set known = count_distinct_where('is_known', 'child') %}
{% set with_family = count_distinct_where('is_with_family', 'child') %}
{{ indicator_values(
    'home_stable_12_months_pct', 'items', numerator=with_family, denominator=known,
    value=percent(with_family, known), families=families_behind('is_with_family'), breakdowns=[],
    zones=false, programs=false
) }}

union all

{{ indicator_values(
    'home_follow_up_known_pct', 'items', numerator=known, denominator='count(distinct child)',
    value=percent(known, 'count(distinct child)'), families=families_behind('is_known'),
    breakdowns=[], zones=false, programs=false
) }}
