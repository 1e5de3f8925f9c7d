select
    outcomes.agency_id,
    crosswalk.person_id_shared,
    persons.person_family_id,
    outcomes.program_id,
    persons.zone_id,
    outcomes.instrument_id,
    outcomes.assessed_date,
    -- Two files numbers of one person may both hold a score of that day; the mean stands for both.
    {{ exact_mean('outcomes.score') }} as score
from {{ ref('stg_outcomes') }} as outcomes
inner join {{ source('identity', 'person_crosswalk') }} as crosswalk
    on outcomes.agency_id = crosswalk.agency_id
    and outcomes.person_id_agency = crosswalk.person_id_agency
inner join {{ ref('int_persons__family_attached') }} as persons
    on crosswalk.person_id_shared = persons.person_id_shared
group by
    outcomes.agency_id, crosswalk.person_id_shared, persons.person_family_id, outcomes.program_id, persons.zone_id,
    outcomes.instrument_id, outcomes.assessed_date
