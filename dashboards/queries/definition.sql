select
    indicators.*,
    (
        select string_agg(coalesce(label_en, dataset), ', ')
        from unnest(string_split(indicators.datasets, ';')) as used (dataset)
        left join labels on labels.kind = 'dataset' and dataset = labels.code
    ) as datasets_en,
    (
        select string_agg(coalesce(label_fr, dataset), ', ')
        from unnest(string_split(indicators.datasets, ';')) as used (dataset)
        left join labels on labels.kind = 'dataset' and dataset = labels.code
    ) as datasets_fr
from indicators
where indicators.indicator_id = '${params.indicator_id}'
