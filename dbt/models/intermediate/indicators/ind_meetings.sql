-- A partner counts once a meeting, whoever came for it.
with items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        {{ known('partners.sector_code') }} as sector,
        meetings.attendee_count > 0 as is_present
    from {{ ref('stg_meetings') }} as meetings
    left join {{ ref('stg_partners') }} as partners on meetings.partner_id = partners.partner_id
    {{ join_intervals_of('meetings.meeting_date') }}
)

{{ indicator_values(
    'meeting_attendance_pct', 'items', numerator=count_where('is_present'), denominator='count(*)',
    value=percent(count_where('is_present'), 'count(*)'), breakdowns=['sector'], agencies=false, zones=false,
    programs=false
) }}
