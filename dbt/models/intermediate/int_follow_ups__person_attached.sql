select
    follow_ups.agency_id,
    follow_ups.follow_up_id_agency,
    persons.person_id_shared,
    persons.zone_id,
    persons.person_family_id,
    follow_ups.program_id,
    follow_ups.finalised_date,
    follow_ups.milestone_code,
    follow_ups.follow_up_date,
    follow_ups.living_situation,
    follow_ups._submission_id
from {{ ref('stg_follow_ups') }} as follow_ups
inner join {{ ref('int_persons__matched') }} as persons
    on follow_ups.agency_id = persons.agency_id
    and follow_ups.person_id_agency = persons.person_id_agency
