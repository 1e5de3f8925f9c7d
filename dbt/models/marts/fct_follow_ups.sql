select
    agency_id, follow_up_id_agency, person_id_shared, zone_id, program_id, finalised_date, milestone_code,
    follow_up_date, living_situation, _submission_id
from {{ ref('int_follow_ups__person_attached') }}
