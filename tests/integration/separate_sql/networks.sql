-- The youth networks, by wave and over both waves, whose answers are pooled.
create view members_by_wave as
select distinct interval_kind, interval_start, wave_code, network_code as network, organisation_id,
  coalesce(known(sector_code), 'unknown') as sector_code
from network_members join wave_intervals on wave_code = wave_id;

create view sectors_present_pct as
select interval_kind, interval_start, network_id as network, concat_ws('|', network_id, e.sector_code) as item,
  exists (
    select 1 from members_by_wave as m
    where m.interval_kind = w.interval_kind and m.interval_start = w.interval_start
      and m.network = e.network_id and m.sector_code = e.sector_code) as hit
from network_sectors as e
cross join (select distinct interval_kind, interval_start from wave_intervals) as w;

-- A network without a list at the second wave has not lost its members: nothing is known of them.
create view network_retention_pct as
select now.interval_kind, now.interval_start, before.network,
  concat_ws('|', before.network, before.organisation_id) as item,
  exists (
    select 1 from members_by_wave as m
    where m.interval_kind = 'wave' and m.interval_start = now.interval_start
      and m.network = before.network and m.organisation_id = before.organisation_id) as hit
from (from wave_intervals where interval_kind = 'wave' and wave_id = 'wave_2') as now
cross join (from members_by_wave where interval_kind = 'wave' and wave_code = 'wave_1') as before
where before.network in (select network_code from network_members where wave_code = 'wave_2');

-- The total is the mean of the networks' figures.
create view network_diversity_index as
with organisations as (
  select interval_kind, interval_start, network, sector_code, count(distinct organisation_id) as number
  from members_by_wave as m
  semi join network_sectors as e on e.network_id = m.network and e.sector_code = m.sector_code
  group by all
), expected as (
  select network_id as network, count(*) as k from network_sectors group by all
), summed as (
  select interval_kind, interval_start, network, sum(number * number) as squares, sum(number) as number
  from organisations group by all
)
select interval_kind, interval_start, network, network as item,
  (1 - squares / (number * number)) / (1 - 1 / k) as amount
from summed join expected using (network);

create view decisions_shared_pct as
select interval_kind, interval_start, network_code as network, concat_ws('|', wave_id, network_code, answer_id) as item,
  answer_code in ('agree', 'strongly_agree') as hit
from network_survey join wave_intervals on wave_code = wave_id
where question_code = 'decisions_together' and answer_code not in ('no_answer', 'unmapped');

create view facilitators_share_pct as
select interval_kind, interval_start, network_code as network, theme_code as theme, passage_id as item,
  factor_code = 'facilitator' as hit
from network_passages join wave_intervals on wave_code = wave_id
where factor_code in ('facilitator', 'barrier');

-- Plans carry a date and no wave: a wave's are those of its days, and over all waves those of every wave.
create view plans_with_family_pct as
with asked as (
  select interval_kind, interval_start, interval_start as first_day, interval_end as last_day from intervals
  union all
  select w.interval_kind, w.interval_start, days.interval_start, days.interval_end
  from wave_intervals as w
  join (from wave_intervals where interval_kind = 'wave') as days using (wave_id)
)
select interval_kind, interval_start, _agency_id as agency_id, coalesce(known(network_code), 'unknown') as network,
  concat_ws('|', _agency_id, plan_id_agency) as item,
  organisation_count >= 2 and (coalesce(parent_took_part, '') = 'yes' or coalesce(child_took_part, '') = 'yes') as hit
from action_plans join asked on plan_date between first_day and last_day;
