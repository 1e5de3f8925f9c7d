select
    agency_id, contact_id_agency, person_id_shared, program_id, zone_id, contact_date, contact_kind, contact_mode,
    contact_status, is_delivered, duration_minutes, response_needed, put_off_by, requested_at,
    first_response_at, scheduled_at, done_at, cost_to_family, _submission_id
from {{ ref('int_contacts__person_attached') }}
