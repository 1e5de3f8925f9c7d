{{ indicator_values(
    'families_served_count', ref('int_family_services_by_interval'),
    numerator='count(distinct family_id_shared)', breakdowns=[]
) }}

union all

{{ indicator_values(
    'persons_served_count', ref('int_services_by_interval'), numerator='count(distinct person_id_shared)'
) }}

union all

{{ indicator_values(
    'families_in_two_agencies_pct', ref('int_family_services_by_interval'),
    numerator='count(distinct case when agency_count > 1 then family_id_shared end)',
    denominator='count(distinct family_id_shared)',
    value=percent('count(distinct case when agency_count > 1 then family_id_shared end)', 'count(distinct family_id_shared)'),
    breakdowns=[], programs=false
) }}
