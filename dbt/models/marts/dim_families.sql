select
    members.family_id_shared,
    cast(count(distinct members.person_id_shared) as integer) as person_count,
    cast(count(distinct crosswalk.agency_id) as integer) as agency_count
from {{ source('identity', 'family_members') }} as members
inner join {{ source('identity', 'person_crosswalk') }} as crosswalk
    on members.person_id_shared = crosswalk.person_id_shared
group by members.family_id_shared
