select
    contacts.agency_id,
    contacts.contact_id_agency,
    crosswalk.person_id_shared,
    contacts.program_id,
    persons.zone_id,
    contacts.contact_date,
    contacts.contact_kind,
    contacts.contact_mode,
    contacts.contact_status,
    contacts.duration_minutes,
    contacts.contact_status = 'delivered' as is_delivered,
    contacts._submission_id
from {{ ref('stg_contacts') }} as contacts
inner join {{ source('identity', 'person_crosswalk') }} as crosswalk
    on contacts.agency_id = crosswalk.agency_id
    and contacts.person_id_agency = crosswalk.person_id_agency
inner join {{ source('identity', 'persons') }} as persons
    on crosswalk.person_id_shared = persons.person_id_shared
