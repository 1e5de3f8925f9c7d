{% set no_slices = {'agencies': false, 'zones': false, 'programs': false} %}

with seats as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        sessions.session_id,
        sessions.was_held = 'yes' as is_held,
        coalesce(sessions.attended = 'yes', false) as is_present,
        {{ known('partners.sector_code') }} as sector
    from {{ ref('stg_table_sessions') }} as sessions
    left join {{ ref('stg_partners') }} as partners on sessions.partner_id = partners.partner_id
    {{ join_intervals_of('sessions.session_date') }}
),

held_seats as (
    select * from seats where is_held
),

gaps as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        gaps.action_date is not null as has_action
    from {{ ref('stg_systemic_gaps') }} as gaps
    {{ join_intervals_of('gaps.recorded_date') }}
)

{% set held = count_distinct_where('is_held', 'session_id') %}
{{ indicator_values(
    'table_sessions_held_pct', 'seats', numerator=held, denominator='count(distinct session_id)',
    value=percent(held, 'count(distinct session_id)'), breakdowns=[], **no_slices
) }}

union all

{{ indicator_values(
    'table_attendance_pct', 'held_seats', numerator=count_where('is_present'), denominator='count(*)',
    value=percent(count_where('is_present'), 'count(*)'), breakdowns=['sector'], **no_slices
) }}

union all

{{ indicator_values(
    'gaps_with_action_pct', 'gaps', numerator=count_where('has_action'), denominator='count(*)',
    value=percent(count_where('has_action'), 'count(*)'), breakdowns=[], **no_slices
) }}
