-- One indicator, all agencies together, every complete interval of every kind.
-- An indicator which must not be totalled (scores of different instruments) comes as one series per group.
select
    cells.*,
    intervals.label_en,
    intervals.label_fr,
    intervals.kind_label_en,
    intervals.kind_label_fr,
    coalesce(cells.breakdown_code, 'all') as series,
    coalesce(codes.label_en, cells.breakdown_code) as series_en,
    coalesce(codes.label_fr, cells.breakdown_code) as series_fr
from indicator_values as cells
inner join intervals using (interval_kind, interval_start)
left join labels as codes on cells.breakdown_kind = codes.kind and cells.breakdown_code = codes.code
where
    cells.indicator_id = '${params.indicator_id}'
    and cells.agency_id is null
    and cells.program_id is null
    and cells.zone_id is null
    and cells.interval_end <= (select as_of from publication)
    -- «not known» is worth a line only when there is something in it
    and (
        coalesce(cells.breakdown_code, '') not in ('unknown', 'not_collected')
        or (cells.suppression != 'missing' and cells.value is distinct from 0)
    )
qualify
    cells.breakdown_kind is null
    or count(*) filter (where cells.breakdown_kind is null) over () = 0
order by intervals.kind_order, codes.sort_order, series, cells.interval_start
