select
    crosswalk.agency_id,
    crosswalk.person_id_agency,
    crosswalk.person_id_shared,
    bands.person_id_strict,
    bands.person_id_lenient,
    persons.zone_id,
    persons.is_linkable,
    persons.person_family_id
from {{ source('identity', 'person_crosswalk') }} as crosswalk
inner join {{ source('identity', 'person_bands') }} as bands
    on crosswalk.agency_id = bands.agency_id
    and crosswalk.person_id_agency = bands.person_id_agency
inner join {{ ref('int_persons__family_attached') }} as persons
    on crosswalk.person_id_shared = persons.person_id_shared
