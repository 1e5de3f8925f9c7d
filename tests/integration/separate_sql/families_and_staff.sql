-- What families say, how they come, support groups, and the agencies' staff.
create view family_voice_agree_pct as
select interval_kind, interval_start, _agency_id as agency_id, coalesce(known(question_code), 'unknown') as question,
  concat_ws('|', _agency_id, answer_id_agency, question_code) as item,
  answer_code in ('agree', 'strongly_agree') as hit
from family_voice join intervals on answer_date between interval_start and interval_end
where answer_code not in ('no_answer', 'unmapped');

create view opened as
select family_id_shared as family_id, e._agency_id as agency_id, program_code as program_id, entry_date,
  known(entry_point) as entry_point,
  list_filter([known(first_need), known(second_need), known(third_need)], lambda need: need is not null) as needs
from enrolments as e
join crosswalk as c on c.agency_id = e._agency_id and c.person_id_agency = e.person_id_agency
join family_members using (person_id_shared);

-- A family enters once: at all, at an agency, in a programme (decision 11). What its members open on that day counts.
create view first_opened as
select 'all' as slice_name, * from opened qualify entry_date = min(entry_date) over (partition by family_id)
union all
select 'agency', * from opened qualify entry_date = min(entry_date) over (partition by family_id, agency_id)
union all
select 'program', * from opened
qualify entry_date = min(entry_date) over (partition by family_id, agency_id, program_id);

create view single_entry_pct as
select slice_name, interval_kind, interval_start, agency_id, program_id, zone_id, family_id as item,
  entry_point = 'single_door' as hit
from first_opened join families using (family_id)
join intervals on entry_date between interval_start and interval_end
where entry_point is not null;

create view need_prevalence_pct as
select slice_name, interval_kind, interval_start, agency_id, code as need, family_id as item,
  list_contains(needs, code) as hit
from first_opened join intervals on entry_date between interval_start and interval_end
cross join (select code from labels where kind = 'need' and code not in ('unknown', 'not_collected'))
where len(needs) > 0;

create view active_groups as
select interval_kind, interval_start, g._agency_id as agency_id, coalesce(known(g.zone_code), 'unknown') as zone_id,
  concat_ws('|', g._agency_id, g.group_id_agency) as item,
  exists (
    select 1 from group_sessions as s
    where s._agency_id = g._agency_id and s.group_id_agency = g.group_id_agency and champion_led = 'yes'
      and session_date between interval_start and interval_end) as has_champion
from support_groups as g cross join intervals
where exists (
  select 1 from group_sessions as s
  where s._agency_id = g._agency_id and s.group_id_agency = g.group_id_agency
    and session_date <= interval_end and session_date >= interval_end - limit_of('group_active_days'));

create view support_groups_active_count as select *, true as hit from active_groups;

create view support_groups_champion_led_pct as select *, has_champion as hit from active_groups;

create view vacancy_days_to_fill_median as
select interval_kind, interval_start, _agency_id as agency_id, program_code as program_id,
  concat_ws('|', _agency_id, vacancy_id_agency) as item, date_diff('day', opened_date, filled_date) as amount
from vacancies join intervals on filled_date between interval_start and interval_end;

-- One item per programme: its departures over the year that ends with the interval, and its mean headcount.
create view staff_turnover_12_months_pct as
select interval_kind, interval_start, _agency_id as agency_id, program_code as program_id,
  program_code as item, sum(departures_count) as departures, avg(headcount) as heads
from staffing join intervals
  on month_date between cast(interval_end + 1 - interval 12 month as date) and interval_end
where cast(interval_end + 1 - interval 12 month as date) >= (select first_month from build)
group by all
-- A month of unknown departures leaves the programme out.
having count(*) = count(departures_count);
