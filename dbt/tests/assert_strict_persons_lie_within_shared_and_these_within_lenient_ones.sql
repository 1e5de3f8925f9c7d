-- Else the latest entry of a person could be nobody's under another matching, and the band would be too narrow.
select 'strict' as matching, person_id_strict as person_id
from {{ ref('int_persons__matched') }}
group by person_id_strict
having count(distinct person_id_shared) > 1

union all

select 'lenient' as matching, person_id_shared as person_id
from {{ ref('int_persons__matched') }}
group by person_id_shared
having count(distinct person_id_lenient) > 1
