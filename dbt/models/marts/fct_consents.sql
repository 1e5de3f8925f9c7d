select
    agency_id, person_id_shared, zone_id, consent_kind, answered_date, consent_answer, ends_date,
    _submission_id
from {{ ref('int_consents__person_attached') }}
