-- What the separate calculations start from: the build's reference tables, persons, families, and the latest rows.
-- The test makes a view of every dataset with the latest accepted row of each key before it reads this file.
create view intervals as
select interval_kind, interval_start, interval_end from reference_intervals;

create macro has_time(moment) as moment is not null and moment <> date_trunc('day', moment);
create macro limit_of(name) as (select cast(value as integer) from parameters where parameter_id = name);
-- A window counts once it has ended by midnight of the day of the build.
create macro has_ended(moment) as moment <= (select cast(as_of as timestamp) from build);
create macro known(code) as case when code not in ('unmapped', 'not_collected') then code end;

create view persons_shared as
select c.agency_id, c.person_id_agency, c.person_id_shared, coalesce(p.zone_id, 'unknown') as zone_id
from crosswalk as c left join identity_persons as p using (person_id_shared);

-- A family lives where its head does, else where another member does.
create view families as
select family_id_shared as family_id,
  coalesce(
    min(zone_id) filter (is_head and zone_id <> 'unknown'), min(zone_id) filter (zone_id <> 'unknown'), 'unknown'
  ) as zone_id
from family_members left join identity_persons using (person_id_shared)
group by all;

create view sectors as
select partner_id, coalesce(known(sector_code), 'unknown') as sector from partners;
