-- The families of the chosen, the strict and the lenient matching. One linkable member makes a family linkable.
{% set members = {
    'shared': 'family_members', 'strict': 'family_members_strict', 'lenient': 'family_members_lenient'
} %}

with members as (
    {% for matching, table in members.items() %}
    select distinct
        '{{ matching }}' as matching,
        members.family_id_{{ matching }} as family_id,
        members.person_id_{{ matching }} as person_id,
        persons.is_linkable
    from {{ source('identity', table) }} as members
    inner join {{ ref('int_persons__matched') }} as persons
        on members.person_id_{{ matching }} = persons.person_id_{{ matching }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

linkable_families as (
    select matching, family_id from members where is_linkable group by matching, family_id
)

select distinct
    members.matching,
    members.family_id,
    members.person_id,
    case when linkable_families.family_id is null then 'not_linkable' else 'linkable' end as linkability
from members
left join linkable_families
    on members.matching = linkable_families.matching
    and members.family_id = linkable_families.family_id
