-- What shows that a service goes on: an entry, a delivered contact, an assessment. Closing a file shows nothing.
select agency_id, person_id_shared, person_id_strict, person_id_lenient, entry_date as activity_date
from {{ ref('int_enrolments__person_attached') }}

union

select agency_id, person_id_shared, person_id_strict, person_id_lenient, contact_date as activity_date
from {{ ref('int_contacts__person_attached') }}
where is_delivered

union

select
    outcomes.agency_id,
    persons.person_id_shared,
    persons.person_id_strict,
    persons.person_id_lenient,
    outcomes.assessed_date as activity_date
from {{ ref('stg_outcomes') }} as outcomes
inner join {{ ref('int_persons__matched') }} as persons
    on outcomes.agency_id = persons.agency_id
    and outcomes.person_id_agency = persons.person_id_agency
