-- What shows that a service goes on: an entry, a delivered contact, an assessment. Closing a file shows nothing.
select agency_id, person_id_shared, entry_date as activity_date
from {{ ref('int_enrolments__person_attached') }}

union

select agency_id, person_id_shared, contact_date as activity_date
from {{ ref('int_contacts__person_attached') }}
where is_delivered

union

select outcomes.agency_id, crosswalk.person_id_shared, outcomes.assessed_date as activity_date
from {{ ref('stg_outcomes') }} as outcomes
inner join {{ source('identity', 'person_crosswalk') }} as crosswalk
    on outcomes.agency_id = crosswalk.agency_id
    and outcomes.person_id_agency = crosswalk.person_id_agency
