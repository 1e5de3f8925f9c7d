select
    agency_id, contact_id_agency, person_id_shared, program_id, zone_id, contact_date, contact_kind, contact_mode,
    contact_status, is_delivered, duration_minutes, _submission_id
from {{ ref('int_contacts__person_attached') }}
