-- The continuum of service integration: what partners say of one another, by wave.
create macro stage_of(code) as
  nullif(list_position(['fragmented', 'cooperation', 'coordination', 'collaboration', 'integrated'], code), 0);

create view ratings as
select interval_kind, interval_start, rater_partner_id as rater, rated_partner_id as rated, dimension_code as dimension,
  least(rater_partner_id, rated_partner_id) as one, greatest(rater_partner_id, rated_partner_id) as other,
  stage_of(stage_now) as now, stage_of(stage_wanted) as wanted
from partnership_ratings join wave_intervals on wave_code = wave_id
where interval_kind = 'wave' and rater_partner_id <> rated_partner_id;

create view pairs as
with sides as (
  select interval_kind, interval_start, one, other, rater, median(now) as stage
  from ratings where now is not null group by all
)
select interval_kind, interval_start, concat_ws('|', one, other) as item, count(*) = 2 as both_rated,
  floor(min(stage)) as stage_number
from sides group by all;

create view pairs_at_stage_pct as
select interval_kind, interval_start, item, code as stage, stage_number = stage_of(code) as hit
from pairs
cross join (select unnest(['fragmented', 'cooperation', 'coordination', 'collaboration', 'integrated']) as code)
where both_rated;

create view pairs_collaborating_pct as
select *, stage_number >= 4 as hit from pairs where both_rated;

create view pairs_one_sided_count as
select *, true as hit from pairs where not both_rated;

create view pairs_agree_pct as
select interval_kind, interval_start, dimension, concat_ws('|', one, other, dimension) as item,
  min(now) = max(now) as hit
from ratings where now is not null
group by all having count(distinct rater) = 2;

create view integration_gap_mean as
select interval_kind, interval_start, dimension, concat_ws('|', rater, rated, dimension) as item,
  greatest(0, wanted - now) as amount
from ratings where now is not null and wanted is not null;
