with intervals as (
    select * from {{ source('reference', 'intervals') }}
),

enrolments as (
    select * from {{ ref('int_enrolments__person_attached') }}
),

contact_agencies as (
    select agency_id from {{ source('reference', 'agencies') }}
    where {{ list_holds('datasets', "'contacts'") }}
),

active_persons as (
    select distinct
        intervals.interval_kind,
        intervals.interval_start,
        activities.agency_id,
        activities.person_id_shared
    from intervals
    inner join {{ ref('int_activities') }} as activities
        on activities.activity_date
        between {{ add_days('intervals.interval_start', '-1 * ' ~ parameter('activity_window_days')) }}
        and intervals.interval_end
),

by_enrolment as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        enrolments.agency_id,
        enrolments.program_id,
        enrolments.person_id_shared,
        enrolments.zone_id
    from intervals
    inner join enrolments
        on enrolments.entry_date <= intervals.interval_end
        and coalesce(enrolments.exit_date, intervals.interval_end) >= intervals.interval_start
    left join contact_agencies on enrolments.agency_id = contact_agencies.agency_id
    left join active_persons
        on intervals.interval_kind = active_persons.interval_kind
        and intervals.interval_start = active_persons.interval_start
        and enrolments.agency_id = active_persons.agency_id
        and enrolments.person_id_shared = active_persons.person_id_shared
    -- An agency that sends no contacts cannot show activity: its open enrolments count as they are.
    where active_persons.person_id_shared is not null or contact_agencies.agency_id is null
),

by_contact as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        contacts.agency_id,
        contacts.program_id,
        contacts.person_id_shared,
        contacts.zone_id
    from intervals
    inner join {{ ref('int_contacts__person_attached') }} as contacts
        on contacts.contact_date between intervals.interval_start and intervals.interval_end
    where contacts.is_delivered
),

services as (
    select * from by_enrolment
    union
    select * from by_contact
)

select
    services.*,
    coalesce(bands.age_band, 'unknown') as age_band
from services
left join {{ source('identity', 'person_age_bands') }} as bands
    on services.person_id_shared = bands.person_id_shared
    and services.interval_start >= bands.from_month
    and services.interval_start < bands.to_month
