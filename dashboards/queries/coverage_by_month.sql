-- One row per agency, month and dataset expected or received
select
    submissions.*,
    strftime(date_trunc('month', submissions.period_start::date), '%Y-%m-%d') as month_start,
    agencies.name_en,
    agencies.name_fr,
    agencies.sector_en,
    agencies.sector_fr,
    coalesce(datasets.label_en, submissions.dataset) as dataset_en,
    coalesce(datasets.label_fr, submissions.dataset) as dataset_fr,
    coalesce(states.label_en, submissions.state) as state_en,
    coalesce(states.label_fr, submissions.state) as state_fr
from submissions
inner join agencies using (agency_id)
left join labels as datasets on datasets.kind = 'dataset' and submissions.dataset = datasets.code
left join labels as states on states.kind = 'submission_state' and submissions.state = states.code
order by agencies.name_en, datasets.sort_order, submissions.dataset, submissions.period_start
