-- Calls answered within a day and home visits within two: one item per contact, or per request for a visit.
create view callback_within_24h_pct as
select interval_kind, interval_start, c._agency_id as agency_id, program_code as program_id, zone_id,
  concat_ws('|', c._agency_id, contact_id_agency) as item,
  coalesce(first_response_at <= requested_at + to_hours(limit_of('callback_hours')), false)
    or (response_needed = 'answered_live' and first_response_at is null) as hit
from contacts as c
join persons_shared as p on p.agency_id = c._agency_id and p.person_id_agency = c.person_id_agency
join intervals on cast(requested_at as date) between interval_start and interval_end
where response_needed in ('answered_live', 'call_back')
  and has_time(requested_at) and (first_response_at is null or has_time(first_response_at))
  and has_ended(requested_at + to_hours(limit_of('callback_hours')));

create view visit_requests as
with visits as (
  select _agency_id as agency_id, person_id_agency, requested_at, program_code, put_off_by,
    contact_status = 'delivered' as was_made, done_at,
    row_number() over (
      partition by _agency_id, person_id_agency, requested_at, contact_status = 'delivered'
      order by coalesce(cast(done_at as date), contact_date), done_at, contact_id_agency) as place
  from contacts
  where contact_kind = 'home_visit' and requested_at is not null
)
select agency_id, person_id_agency, requested_at,
  concat_ws('|', agency_id, person_id_agency, requested_at) as item,
  coalesce(bool_or(put_off_by = 'family'), false) as was_put_off,
  bool_or(was_made) as was_made,
  min(done_at) filter (was_made and place = 1) as done_at,
  requested_at + to_hours(limit_of('home_visit_hours')) as must_be_made_by,
  list(distinct program_code) as programs
from visits
group by all;

create view placed_visit_requests as
select r.*, unnest(r.programs) as program_id, p.zone_id, interval_kind, interval_start
from visit_requests as r
join persons_shared as p using (agency_id, person_id_agency)
join intervals on cast(requested_at as date) between interval_start and interval_end
where has_time(requested_at) and has_ended(must_be_made_by);

create view home_visit_within_48h_pct as
select *, coalesce(done_at <= must_be_made_by, false) as hit
from placed_visit_requests
where not was_put_off and (not was_made or has_time(done_at));

create view home_visits_put_off_count as
select *, true as hit from placed_visit_requests where was_put_off;
