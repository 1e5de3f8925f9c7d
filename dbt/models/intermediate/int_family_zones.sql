select
    members.family_id_shared as family_id,
    coalesce(
        min(case when members.is_head and persons.zone_id <> 'unknown' then persons.zone_id end),
        min(case when persons.zone_id <> 'unknown' then persons.zone_id end),
        'unknown'
    ) as zone_id
from {{ source('identity', 'family_members') }} as members
inner join {{ source('identity', 'persons') }} as persons on members.person_id_shared = persons.person_id_shared
group by members.family_id_shared
