-- Releases whose site stays at its address, latest first
select *
from releases
where release_name is not null
order by release_date desc, release_name desc
