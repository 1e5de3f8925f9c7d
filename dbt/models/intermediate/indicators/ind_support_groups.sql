{% set first_day = add_days('intervals.interval_end', '1 - ' ~ parameter('group_active_days')) %}

-- A registered group with a session in the days before the interval's end.
with items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        groups.agency_id,
        groups.zone_id,
        groups.group_id_agency,
        max(
            case
                when sessions.champion_led = 'yes' and sessions.session_date >= intervals.interval_start then 1
                else 0
            end
        ) = 1 as is_champion_led
    from {{ ref('stg_support_groups') }} as groups
    inner join {{ ref('stg_group_sessions') }} as sessions
        on groups.agency_id = sessions.agency_id
        and groups.group_id_agency = sessions.group_id_agency
    inner join {{ source('reference', 'intervals') }} as intervals
        on sessions.session_date <= intervals.interval_end
        and (sessions.session_date >= {{ first_day }} or sessions.session_date >= intervals.interval_start)
    group by
        intervals.interval_kind, intervals.interval_start, intervals.interval_end, groups.agency_id, groups.zone_id,
        groups.group_id_agency
    having max(sessions.session_date) >= {{ first_day }}
)

{{ indicator_values(
    'support_groups_active_count', 'items', numerator='count(*)', breakdowns=[], programs=false
) }}

union all

{{ indicator_values(
    'support_groups_champion_led_pct', 'items', numerator=count_where('is_champion_led'), denominator='count(*)',
    value=percent(count_where('is_champion_led'), 'count(*)'), breakdowns=[], programs=false
) }}
