-- Needs, care, consents and benefits: families and persons at agencies.
create view family_persons as
select agency_id, person_id_agency, person_id_shared, family_id_shared as family_id, families.zone_id
from crosswalk join family_members using (person_id_shared) join families on family_id = family_id_shared;

create view family_enrolments as
select e.* exclude (first_need, second_need, third_need), e._agency_id as agency_id, program_code as program_id,
  family_id, person_id_shared, zone_id,
  list_filter([known(first_need), known(second_need), known(third_need)], lambda need: need is not null) as needs
from enrolments as e
join family_persons as p on p.agency_id = e._agency_id and p.person_id_agency = e.person_id_agency;

-- A family that is served counts in every zone in which those of it live who are served.
create view contacts_delivered as
select c.*, p.agency_id, program_code as program_id,
  case when contact_mode = 'unmapped' then 'unknown' else coalesce(contact_mode, 'not_collected') end as mode,
  p.family_id, p.person_id_shared, own.zone_id
from contacts as c
join family_persons as p on p.agency_id = c._agency_id and p.person_id_agency = c.person_id_agency
join persons_shared as own on own.agency_id = c._agency_id and own.person_id_agency = c.person_id_agency
where contact_status = 'delivered';

create view contact_hours_per_family as
select interval_kind, interval_start, agency_id, program_id, zone_id, mode, family_id as item,
  concat_ws('|', agency_id, contact_id_agency) as contact, coalesce(duration_minutes, 0) as minutes
from contacts_delivered join intervals on contact_date between interval_start and interval_end;

create view meetings_with_families as
select interval_kind, interval_start, c._agency_id as agency_id, program_code as program_id, zone_id, contact_mode,
  concat_ws('|', c._agency_id, contact_id_agency) as item, contact_status = 'delivered' as hit
from contacts as c
join persons_shared as p on p.agency_id = c._agency_id and p.person_id_agency = c.person_id_agency
join intervals on coalesce(cast(scheduled_at as date), contact_date) between interval_start and interval_end
where contact_kind in ('meeting', 'home_visit', 'group') and contact_status <> 'cancelled_by_agency';

create view attendance_virtual_pct as from meetings_with_families where contact_mode = 'video';
create view attendance_in_person_pct as from meetings_with_families where contact_mode = 'in_person';

create view children_at_12_months as
select interval_kind, interval_start, f._agency_id as agency_id, p.person_id_shared as item,
  max(living_situation) filter (milestone_code = 'months_12' and living_situation in (
    'with_adoptive_parent', 'with_guardian', 'with_other_relative', 'placed_elsewhere', 'on_own')) as situation
from follow_ups as f
join persons_shared as p on p.agency_id = f._agency_id and p.person_id_agency = f.person_id_agency
join intervals on finalised_date + interval 12 month between interval_start and interval_end
group by all;

create view home_follow_up_known_pct as select *, situation is not null as hit from children_at_12_months;
create view home_stable_12_months_pct as
select *, situation in ('with_adoptive_parent', 'with_guardian') as hit
from children_at_12_months where situation is not null;

create view resources_no_public_cost_pct as
select interval_kind, interval_start, coalesce(known(zone_code), 'unknown') as zone_id,
  concat_ws('|', _agency_id, resource_id_agency) as item, public_cost = 'none' as hit
from community_resources join intervals on created_date between interval_start and interval_end;

-- Served: a contact that took place, or an open enrolment; with contacts sent, one that shows activity.
create view activities as
select agency_id, person_id_shared, entry_date as day from family_enrolments
union select agency_id, person_id_shared, contact_date from contacts_delivered
union select o._agency_id, p.person_id_shared, assessed_date
from outcomes as o
join persons_shared as p on p.agency_id = o._agency_id and p.person_id_agency = o.person_id_agency;

create view served as
select interval_kind, interval_start, interval_end, agency_id, program_id, person_id_shared, family_id, own.zone_id
from family_enrolments as e join persons_shared as own using (agency_id, person_id_agency, person_id_shared)
join intervals on entry_date <= interval_end and (exit_date is null or exit_date >= interval_start)
where agency_id not in (select _agency_id from contacts) or exists (
  select 1 from activities as a where a.agency_id = e.agency_id and a.person_id_shared = e.person_id_shared
    and a.day between interval_start - limit_of('activity_window_days') and interval_end)
union
select interval_kind, interval_start, interval_end, agency_id, program_id, person_id_shared, family_id, zone_id
from contacts_delivered join intervals on contact_date between interval_start and interval_end;

create view consent_to_share_pct as
select interval_kind, interval_start, agency_id, concat_ws('|', agency_id, person_id_shared) as item,
  coalesce((
    select arg_max(consent_answer = 'yes' and coalesce(ends_date >= interval_end, true), answered_date)
    from consents as c
    join persons_shared as p on p.agency_id = c._agency_id and p.person_id_agency = c.person_id_agency
    where p.agency_id = s.agency_id and p.person_id_shared = s.person_id_shared
      and consent_kind = 'share_information' and consent_answer <> 'not_collected' and answered_date <= interval_end
  ), false) as hit
from (select distinct interval_kind, interval_start, interval_end, agency_id, person_id_shared from served) as s
where agency_id in (select _agency_id from consents);

create view intake_shared_pct as
select interval_kind, interval_start, zone_id, family_id as item,
  bool_or(coalesce(intake_kind = 'shared', false)) as hit
from family_enrolments
join intervals on entry_date <= interval_end and (exit_date is null or exit_date > interval_end)
where family_id in (
  select family_id_shared from family_members join identity_persons using (person_id_shared) where is_linkable)
group by all having count(distinct agency_id) >= 2;

create view benefits_screened_pct as
select interval_kind, interval_start, agency_id, program_id, zone_id, family_id as item,
  exists (
    select 1 from benefits as b
    join family_persons as p on p.agency_id = b._agency_id and p.person_id_agency = b.person_id_agency
    where p.agency_id = s.agency_id and p.family_id = s.family_id
      and screening_date between interval_start and interval_end) as hit
from served as s where agency_id in (select _agency_id from benefits);

create view benefits_enrolled_60d_pct as
select interval_kind, interval_start, agency_id, coalesce(known(benefit_code), 'unknown') as benefit,
  concat_ws('|', family_id, benefit_code) as item,
  coalesce(enrolled_date <= eligible_date + limit_of('benefit_days')
    and enrolment_source in ('agency_record', 'family_word'), false) as hit
from benefits as b
join family_persons as p on p.agency_id = b._agency_id and p.person_id_agency = b.person_id_agency
join intervals on eligible_date between interval_start and interval_end
where eligibility = 'eligible' and eligible_date + limit_of('benefit_days') < (select as_of from build);

-- A family's needs at the interval's end, and whether a service for each has a place free in its zone.
create view service_desert_pct as
select interval_kind, interval_start, zone_id, family_id as item, need,
  coalesce((
    -- Of each service the latest word of the last three months; one with a place free is enough.
    select max(latest.free) <= 0
    from (
      select arg_max(s.places_free, s.month_date) as free from service_places as s
      where s.need_code = need and s.zone_code = e.zone_id
        and s.month_date <= interval_end and s.month_date > interval_end - interval 3 month
      group by s._agency_id, s.service_id_agency) as latest), true) as hit
from (select * exclude (needs), unnest(needs) as need from family_enrolments) as e
join intervals on entry_date <= interval_end and (exit_date is null or exit_date > interval_end)
where zone_id <> 'unknown';

create view caseload_per_worker as
select interval_kind, interval_start, s._agency_id as agency_id, s.program_code as program_id, family_id as item,
  s.program_code as program, fte_with_cases as fte
from staffing as s
join intervals on date_trunc('month', month_date) = date_trunc('month', interval_end)
left join family_enrolments as e on e.agency_id = s._agency_id and e.program_id = s.program_code
  and entry_date <= interval_end and (exit_date is null or exit_date > interval_end)
where fte_with_cases > 0;
