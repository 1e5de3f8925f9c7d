{% set is_timed -%}
(coalesce(contacts.done_at >= contacts.requested_at, false) and {{ has_time('contacts.done_at') }})
{%- endset %}
{% set is_call_in_time %}
response_needed = 'answered_live'
or first_response_at <= {{ hours_after('requested_at', 'callback_hours') }}
{% endset %}

-- Needed a response, left a number, and carries times: a day without a time is not measurable, which is not missed.
with calls as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        contacts.agency_id,
        contacts.program_id,
        contacts.zone_id,
        contacts.person_family_id,
        coalesce({{ is_call_in_time }}, false) as is_in_time
    from {{ ref('int_contacts__person_attached') }} as contacts
    cross join {{ source('reference', 'build') }} as build
    {{ join_intervals_of('cast(contacts.requested_at as date)') }}
    where contacts.response_needed in ('answered_live', 'call_back')
        and {{ has_time('contacts.requested_at') }}
        and (
            contacts.response_needed = 'answered_live'
            or contacts.first_response_at is null
            or {{ has_time('contacts.first_response_at') }}
        )
        and {{ hours_after('contacts.requested_at', 'callback_hours') }} <= cast(build.as_of as timestamp)
),

-- One request may take several tries: its first visit that took place counts. A visit without a time, or with one
-- before its request, may have been the first, so that lateness cannot be told.
requests as (
    select
        contacts.agency_id,
        contacts.person_id_shared,
        contacts.requested_at,
        min(contacts.program_id) as program_id,
        min(contacts.zone_id) as zone_id,
        min(contacts.person_family_id) as person_family_id,
        max(case when contacts.put_off_by = 'family' then 1 else 0 end) = 1 as is_put_off_by_family,
        max(case when contacts.is_delivered and not {{ is_timed }} then 1 else 0 end) = 1 as has_visit_without_time,
        min(case when contacts.is_delivered and {{ is_timed }} then contacts.done_at end) as first_visit_at
    from {{ ref('int_contacts__person_attached') }} as contacts
    cross join {{ source('reference', 'build') }} as build
    where contacts.contact_kind = 'home_visit'
        and {{ has_time('contacts.requested_at') }}
        and {{ hours_after('contacts.requested_at', 'home_visit_hours') }} <= cast(build.as_of as timestamp)
    group by contacts.agency_id, contacts.person_id_shared, contacts.requested_at
),

visits as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        requests.agency_id,
        requests.program_id,
        requests.zone_id,
        requests.person_family_id,
        requests.is_put_off_by_family,
        requests.has_visit_without_time,
        coalesce(requests.first_visit_at <= {{ hours_after('requests.requested_at', 'home_visit_hours') }}, false)
            as is_in_time
    from requests
    {{ join_intervals_of('cast(requests.requested_at as date)') }}
)

{{ indicator_values(
    'callback_within_24h_pct', 'calls', numerator=count_where('is_in_time'), denominator='count(*)',
    value=percent(count_where('is_in_time'), 'count(*)'), families=families_behind('is_in_time'), breakdowns=[]
) }}

union all

{% set due = count_where('not is_put_off_by_family and (is_in_time or not has_visit_without_time)') %}
{% set is_visit_in_time = 'is_in_time and not is_put_off_by_family' %}
{% set in_time = count_where(is_visit_in_time) %}
{{ indicator_values(
    'home_visit_within_48h_pct', 'visits', numerator=in_time, denominator=due, value=percent(in_time, due),
    families=families_behind(is_visit_in_time), breakdowns=[]
) }}

union all

{{ indicator_values(
    'home_visits_put_off_count', 'visits', numerator=count_where('is_put_off_by_family'),
    families=families_behind('is_put_off_by_family'), breakdowns=[]
) }}
