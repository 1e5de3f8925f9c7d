select
    consents.agency_id,
    persons.person_id_shared,
    persons.zone_id,
    persons.person_family_id,
    consents.consent_kind,
    consents.answered_date,
    consents.consent_answer,
    consents.ends_date,
    consents._submission_id
from {{ ref('stg_consents') }} as consents
inner join {{ ref('int_persons__matched') }} as persons
    on consents.agency_id = persons.agency_id
    and consents.person_id_agency = persons.person_id_agency
