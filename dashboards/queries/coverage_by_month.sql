-- One row per agency, month and dataset expected or received
select
    submissions.*,
    strftime(date_trunc('month', submissions.period_start::date), '%Y-%m-%d') as month_start,
    submissions.due_date::date < publication.as_of::date as is_past_due,
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
cross join publication
left join labels as datasets on datasets.kind = 'dataset' and submissions.dataset = datasets.code
left join labels as states on states.kind = 'submission_state' and submissions.state = states.code
order by agencies.name_en, datasets.sort_order, submissions.dataset, submissions.period_start
