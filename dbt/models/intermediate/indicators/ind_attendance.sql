-- Calls and messages are no meetings. Where an agency notes no time planned, the day of the contact stands for it.
with items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        contacts.agency_id,
        contacts.program_id,
        contacts.zone_id,
        contacts.person_family_id,
        contacts.contact_mode,
        contacts.is_delivered
    from {{ ref('int_contacts__person_attached') }} as contacts
    {{ join_intervals_of('coalesce(cast(contacts.scheduled_at as date), contacts.contact_date)') }}
    where contacts.contact_kind in ('meeting', 'home_visit', 'group')
        and contacts.contact_status not in ('cancelled_by_agency', 'unmapped')
)

{% for indicator_id, mode in [('attendance_virtual_pct', 'video'), ('attendance_in_person_pct', 'in_person')] %}
{% set due = count_where("contact_mode = '" ~ mode ~ "'") %}
{% set is_attended = "contact_mode = '" ~ mode ~ "' and is_delivered" %}
{% set attended = count_where(is_attended) %}
{{ indicator_values(
    indicator_id, 'items', numerator=attended, denominator=due, value=percent(attended, due),
    families=families_behind(is_attended), breakdowns=[]
) }}
{{ 'union all' if not loop.last }}
{% endfor %}
