-- One family for each person, so that no more families than persons stand behind a figure: a child of two homes counts
-- with the first of them. A person without a family is one of its own.
select
    persons.person_id_shared,
    persons.zone_id,
    persons.is_linkable,
    coalesce(min(members.family_id_shared), persons.person_id_shared) as person_family_id
from {{ source('identity', 'persons') }} as persons
left join {{ source('identity', 'family_members') }} as members
    on persons.person_id_shared = members.person_id_shared
group by persons.person_id_shared, persons.zone_id, persons.is_linkable
