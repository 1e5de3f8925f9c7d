-- The release that this site is; none for a preview
select *
from releases
where release_name is not null and is_this
