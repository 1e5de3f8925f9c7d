-- The chosen, the strict and the lenient matching judge the same occasions, each by its own persons.
{% set matchings = {'shared': 'is_served', 'strict': 'is_served_strict', 'lenient': 'is_served_lenient'} %}
{% set persons = 'person_id_shared, person_id_strict, person_id_lenient' %}
{% set occasion = 'agency_id, program_id, zone_id, is_linkable, person_family_id, ' ~ persons %}

with intervals as (
    select interval_kind, interval_start, interval_end from {{ source('reference', 'intervals') }}
),

contact_agencies as (
    select agency_id as agency_with_contacts from {{ source('reference', 'agencies') }}
    where {{ list_holds('datasets', "'contacts'") }}
),

active as (
    select distinct interval_kind, interval_start, agency_id, {{ persons }}
    from intervals
    inner join {{ ref('int_activities') }} as activities
        on activities.activity_date
        between {{ add_days('intervals.interval_start', '-1 * ' ~ parameter('activity_window_days')) }}
        and intervals.interval_end
),

{% for matching in matchings %}
active_{{ matching }} as (
    select distinct interval_kind, interval_start, agency_id, person_id_{{ matching }} from active
),
{% endfor %}

-- A delivered contact is a service by itself; an open enrolment needs activity, but at an agency that sends no contacts
-- and so cannot show any.
occasions as (
    select intervals.*, {{ occasion }}, agency_with_contacts is not null as needs_activity
    from intervals
    inner join {{ ref('int_enrolments__person_attached') }} as enrolments
        on enrolments.entry_date <= intervals.interval_end
        and coalesce(enrolments.exit_date, intervals.interval_end) >= intervals.interval_start
    left join contact_agencies on enrolments.agency_id = contact_agencies.agency_with_contacts
    union
    select intervals.*, {{ occasion }}, false as needs_activity
    from intervals
    inner join {{ ref('int_contacts__person_attached') }} as contacts
        on contacts.contact_date between intervals.interval_start and intervals.interval_end
    where contacts.is_delivered
),

judged as (
    select
        occasions.*,
        {% for matching, is_served in matchings.items() %}
        not occasions.needs_activity or active_{{ matching }}.agency_id is not null as {{ is_served }},
        {% endfor %}
        coalesce(bands.age_band, 'unknown') as age_band,
        case when occasions.is_linkable then 'linkable' else 'not_linkable' end as linkability
    from occasions
    {% for matching in matchings %}
    left join active_{{ matching }}
        on occasions.interval_kind = active_{{ matching }}.interval_kind
        and occasions.interval_start = active_{{ matching }}.interval_start
        and occasions.agency_id = active_{{ matching }}.agency_id
        and occasions.person_id_{{ matching }} = active_{{ matching }}.person_id_{{ matching }}
    {% endfor %}
    left join {{ source('identity', 'person_age_bands') }} as bands
        on occasions.person_id_shared = bands.person_id_shared
        and occasions.interval_start >= bands.from_month
        and occasions.interval_start < bands.to_month
)

{% set key = 'interval_kind, interval_start, interval_end, agency_id, program_id, zone_id, age_band, linkability' %}
select
    {% for is_served in matchings.values() %}
    max(case when {{ is_served }} then 1 else 0 end) = 1 as {{ is_served }},
    {% endfor %}
    {{ key }},
    person_family_id,
    {{ persons }}
from judged
where {{ matchings.values() | join(' or ') }}
group by {{ key }}, person_family_id, {{ persons }}
