select
    agency_id, benefit_id_agency, person_id_shared, zone_id, benefit_code, screening_date, eligibility,
    eligible_date, enrolled_date, enrolment_source, _submission_id
from {{ ref('int_benefits__person_attached') }}
