-- Every indicator with its datasets in words, by question
select
    indicators.*,
    (
        select string_agg(coalesce(label_en, dataset), ', ' order by position)
        from (
            select
                unnest(string_split(indicators.datasets, ';')) as dataset,
                generate_subscripts(string_split(indicators.datasets, ';'), 1) as position
        )
        left join labels on labels.kind = 'dataset' and dataset = labels.code
    ) as datasets_en,
    (
        select string_agg(coalesce(label_fr, dataset), ', ' order by position)
        from (
            select
                unnest(string_split(indicators.datasets, ';')) as dataset,
                generate_subscripts(string_split(indicators.datasets, ';'), 1) as position
        )
        left join labels on labels.kind = 'dataset' and dataset = labels.code
    ) as datasets_fr
from indicators
left join indicators as main on indicators.beside = main.indicator_id
order by
    list_position(['how much', 'how well', 'better off'], coalesce(main.question, indicators.question)),
    indicators.indicator_id
