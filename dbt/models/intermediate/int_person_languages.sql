with told as (
    select
        matched.person_id_shared,
        persons.preferred_language,
        row_number() over (
            partition by matched.person_id_shared
            order by persons._period_start desc, persons.agency_id asc, persons.person_id_agency asc
        ) as recency
    from {{ ref('stg_persons') }} as persons
    inner join {{ ref('int_persons__matched') }} as matched
        on persons.agency_id = matched.agency_id
        and persons.person_id_agency = matched.person_id_agency
    where persons.preferred_language not in ('not_collected', 'unmapped')
)

select person_id_shared, preferred_language
from told
where recency = 1
