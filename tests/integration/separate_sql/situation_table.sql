-- The situation table: sessions, situations, joint interventions, factors, services and gaps. No persons.
create view situations_by_zone as
select *, coalesce(known(zone_code), 'unknown') as zone_id, threshold = 'met' as was_accepted from situations;

create view table_sessions_held_pct as
select interval_kind, interval_start, session_id as item, was_held = 'yes' as hit
from table_sessions join intervals on session_date between interval_start and interval_end;

create view table_attendance_pct as
select interval_kind, interval_start, coalesce(sector, 'unknown') as sector,
  concat_ws('|', session_id, partner_id) as item, coalesce(attended = 'yes', false) as hit
from table_sessions left join sectors using (partner_id)
join intervals on session_date between interval_start and interval_end
where was_held = 'yes';

create view situations_presented_count as
select interval_kind, interval_start, situation_id as item, true as hit
from situations join intervals on presented_date between interval_start and interval_end;

create view situations_presented_before_count as
select interval_kind, interval_start, situation_id as item, coalesce(presented_before = 'yes', false) as hit
from situations join intervals on presented_date between interval_start and interval_end;

create view situations_accepted_pct as
select interval_kind, interval_start, situation_id as item, threshold = 'met' as hit
from situations join intervals on presented_date between interval_start and interval_end;

create view situations_connected_pct as
select interval_kind, interval_start, zone_id, situation_id as item,
  coalesce(closure_reason in ('connected_to_services', 'connected_and_engaged'), false) as hit
from situations_by_zone join intervals on closed_date between interval_start and interval_end
where was_accepted and coalesce(closure_reason, '') not in ('moved', 'deceased');

create view intervention_within_48h_pct as
select interval_kind, interval_start, zone_id, situation_id as item,
  coalesce(first_intervention_at <= accepted_at + to_hours(limit_of('intervention_hours')), false) as hit
from situations_by_zone join intervals on cast(accepted_at as date) between interval_start and interval_end
where was_accepted and has_time(accepted_at)
  and (first_intervention_at is null or has_time(first_intervention_at))
  and has_ended(accepted_at + to_hours(limit_of('intervention_hours')));

create view interventions_multi_sector_pct as
with interventions as (
  select situation_id, intervention_date, count(distinct nullif(sector, 'unknown')) as sector_count
  from situation_agencies left join sectors using (partner_id)
  group by all
)
select interval_kind, interval_start, coalesce(zone_id, 'unknown') as zone_id,
  concat_ws('|', situation_id, intervention_date) as item, sector_count >= limit_of('intervention_sectors') as hit
from interventions left join situations_by_zone using (situation_id)
join intervals on intervention_date between interval_start and interval_end;

-- Every category is asked of every accepted situation.
create view risk_factor_prevalence_pct as
select interval_kind, interval_start, category.code as risk_category, situation_id as item,
  exists (
    select 1 from situation_factors as f
    where f.situation_id = s.situation_id and f.risk_category = category.code) as hit
from situations as s join intervals on cast(accepted_at as date) between interval_start and interval_end
cross join (select code from labels where kind = 'risk_category' and code <> 'unknown') as category
where threshold = 'met';

create view services_mobilised_count as
select interval_kind, interval_start, zone_id, coalesce(known(service_kind), 'unknown') as service_kind,
  case when culturally_appropriate = 'yes' then 'culturally_appropriate' else 'other' end as cultural,
  concat_ws('|', situation_id, v.service_kind, v.partner_id) as item, true as hit
from situation_services as v join situations_by_zone using (situation_id)
join intervals on intervention_date between interval_start and interval_end
where was_accepted;

create view gaps_with_action_pct as
select interval_kind, interval_start, gap_id as item, action_date is not null as hit
from systemic_gaps join intervals on recorded_date between interval_start and interval_end;
