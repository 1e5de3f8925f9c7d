-- The register of partners, their meetings, agreements, decisions, the backbone's activities and its funding.
create view agenda_signed_pct as
select interval_kind, interval_start, coalesce(sector, 'unknown') as sector, partner_id as item,
  coalesce(agenda_signed_date <= interval_end, false) and coalesce(agenda_ends_date >= interval_end, true) as hit
from partners join sectors using (partner_id)
join intervals on active_from <= interval_end and coalesce(active_to >= interval_end, true);

create view meeting_attendance_pct as
select interval_kind, interval_start, coalesce(sector, 'unknown') as sector,
  concat_ws('|', meeting_id, partner_id) as item, attendee_count > 0 as hit
from meetings left join sectors using (partner_id)
join intervals on meeting_date between interval_start and interval_end;

create view agreements_formal_count as
select interval_kind, interval_start, coalesce(known(agreement_kind), 'unknown') as agreement_kind,
  concat_ws('|', _agency_id, agreement_id) as item, true as hit
from partner_agreements
join intervals on signed_date <= interval_end and (ended_date is null or ended_date > interval_end);

create view decisions_citing_indicator_pct as
select interval_kind, interval_start, decision_id as item,
  exists (
    select 1 from (select unnest(string_split(cited_indicators, ';')) as cited)
    where trim(cited) in (select indicator_id from indicators)) as hit
from decisions join intervals on decision_date between interval_start and interval_end
where body_code = 'steering';

create view backbone_activities_evidenced_count as
select interval_kind, interval_start, activity_code as activity, activity_code as item, true as hit
from backbone_activities join intervals on entry_date between interval_start and interval_end
where activity_code in ('guide_vision_strategy', 'support_aligned_activities', 'establish_shared_measurement',
  'build_public_will', 'advance_policy', 'mobilise_funding');
