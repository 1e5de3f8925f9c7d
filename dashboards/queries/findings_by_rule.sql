-- One row per agency, dataset and rule; hidden counts stay hidden and are told apart from the shown ones
select
    data_quality.agency_id,
    data_quality.dataset,
    data_quality.rule_id,
    agencies.name_en,
    agencies.name_fr,
    coalesce(datasets.label_en, data_quality.dataset) as dataset_en,
    coalesce(datasets.label_fr, data_quality.dataset) as dataset_fr,
    data_quality.rule_label_en as rule_en,
    data_quality.rule_label_fr as rule_fr,
    data_quality.severity,
    coalesce(severities.label_en, data_quality.severity) as severity_en,
    coalesce(severities.label_fr, data_quality.severity) as severity_fr,
    count(distinct data_quality.period_start) as months_count,
    sum(data_quality.findings_count) as findings_shown,
    count(*) filter (where data_quality.suppression = 'hidden') as hidden_count
from data_quality
inner join agencies using (agency_id)
left join labels as datasets on datasets.kind = 'dataset' and data_quality.dataset = datasets.code
left join labels as severities on severities.kind = 'severity' and data_quality.severity = severities.code
group by all
order by
    agencies.name_en,
    list_position(['reject', 'quarantine', 'warn'], any_value(data_quality.severity)),
    dataset_en,
    rule_en
