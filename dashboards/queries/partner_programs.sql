select *
from programs
where program_id is not null
order by agency_id, name_en
