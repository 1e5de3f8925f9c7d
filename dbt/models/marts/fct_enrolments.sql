select
    agency_id, enrolment_id_agency, person_id_shared, program_id, zone_id, entry_date, exit_date, destination_code,
    destination_group, age_band_at_entry, household_id_agency, is_head,
    entry_point, intake_kind, first_need, second_need, third_need, _submission_id
from {{ ref('int_enrolments__person_attached') }}
