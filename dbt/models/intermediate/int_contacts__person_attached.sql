select
    contacts.agency_id,
    contacts.contact_id_agency,
    persons.person_id_shared,
    persons.person_id_strict,
    persons.person_id_lenient,
    contacts.program_id,
    persons.zone_id,
    persons.person_family_id,
    persons.is_linkable,
    contacts.contact_date,
    contacts.contact_kind,
    contacts.contact_mode,
    contacts.contact_status,
    contacts.response_needed,
    contacts.put_off_by,
    contacts.requested_at,
    contacts.first_response_at,
    contacts.scheduled_at,
    contacts.done_at,
    contacts.cost_to_family,
    contacts.duration_minutes,
    contacts.contact_status = 'delivered' as is_delivered,
    contacts._submission_id
from {{ ref('stg_contacts') }} as contacts
inner join {{ ref('int_persons__matched') }} as persons
    on contacts.agency_id = persons.agency_id
    and contacts.person_id_agency = persons.person_id_agency
