-- Figures that changed after they had been published (without a date: with the next release), and why
select
    restatements.*,
    coalesce(indicators.title_en, restatements.indicator_id) as title_en,
    coalesce(indicators.title_fr, restatements.indicator_id) as title_fr,
    coalesce(intervals.label_en, restatements.interval_start) as label_en,
    coalesce(intervals.label_fr, restatements.interval_start) as label_fr,
    agencies.name_en,
    agencies.name_fr,
    coalesce(reasons.label_en, restatements.reason) as reason_en,
    coalesce(reasons.label_fr, restatements.reason) as reason_fr
from restatements
left join indicators using (indicator_id)
left join intervals using (interval_kind, interval_start)
left join agencies using (agency_id)
left join labels as reasons on reasons.kind = 'restatement_reason' and restatements.reason = reasons.code
where restatements.indicator_id is not null
order by
    restatements.release_date is not null,
    restatements.release_date desc,
    intervals.kind_order,
    restatements.interval_start desc,
    agencies.name_en
