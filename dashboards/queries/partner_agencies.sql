-- Agencies that may be named
select *
from agencies
where agency_id is not null
order by name_en
