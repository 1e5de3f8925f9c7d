-- Networks, themes and dimensions side by side, in each wave and over all waves
select
    cells.*,
    intervals.label_en,
    intervals.label_fr,
    coalesce(kinds.label_en, cells.breakdown_kind) as slice_en,
    coalesce(kinds.label_fr, cells.breakdown_kind) as slice_fr,
    coalesce(codes.label_en, cells.breakdown_code) as name_en,
    coalesce(codes.label_fr, cells.breakdown_code) as name_fr
from indicator_values as cells
inner join intervals using (interval_kind, interval_start)
left join labels as kinds on kinds.kind = 'breakdown_kind' and cells.breakdown_kind = kinds.code
left join labels as codes on cells.breakdown_kind = codes.kind and cells.breakdown_code = codes.code
where
    cells.breakdown_kind in ('network', 'theme', 'dimension')
    and cells.interval_kind in ('wave', 'all_waves')
    and cells.agency_id is null
    and cells.zone_id is null
    and cells.interval_end <= (select as_of from publication)
    and (cells.breakdown_code != 'unknown' or cells.suppression != 'missing')
order by
    cells.indicator_id,
    cells.breakdown_kind = 'network',
    codes.sort_order,
    cells.breakdown_code,
    intervals.kind_order,
    cells.interval_start
