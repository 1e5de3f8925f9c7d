select
    benefits.agency_id,
    benefits.benefit_id_agency,
    persons.person_id_shared,
    persons.zone_id,
    persons.person_family_id,
    benefits.benefit_code,
    benefits.screening_date,
    benefits.eligibility,
    benefits.eligible_date,
    benefits.enrolled_date,
    benefits.enrolment_source,
    benefits._submission_id
from {{ ref('stg_benefits') }} as benefits
inner join {{ ref('int_persons__matched') }} as persons
    on benefits.agency_id = persons.agency_id
    and benefits.person_id_agency = persons.person_id_agency
