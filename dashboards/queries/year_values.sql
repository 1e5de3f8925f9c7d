-- Every measure in every complete reporting year, all agencies together
select
    cells.*,
    cells.interval_kind || '-' || cells.interval_start as year_id,
    intervals.label_en,
    intervals.label_fr,
    intervals.kind_label_en,
    intervals.kind_label_fr
from indicator_values as cells
inner join intervals using (interval_kind, interval_start)
where
    cells.agency_id is null
    and cells.program_id is null
    and cells.zone_id is null
    and cells.breakdown_kind is null
    and cells.interval_kind not in ('month', 'quarter', 'wave', 'all_waves')
    and cells.interval_end <= (select as_of from publication)
order by intervals.kind_order, cells.interval_start desc, cells.indicator_id
