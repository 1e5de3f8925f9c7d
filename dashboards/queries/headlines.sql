-- Six measures over time, by quarter (by the shortest interval where a measure has no quarters)
select
    indicators.indicator_id,
    indicators.title_en,
    indicators.title_fr,
    indicators.unit,
    indicators.unit_en,
    indicators.unit_fr,
    intervals.label_en,
    intervals.label_fr,
    cells.* exclude (indicator_id)
from indicator_values as cells
inner join indicators using (indicator_id)
inner join intervals using (interval_kind, interval_start)
where
    indicators.headline_order is not null
    and cells.agency_id is null
    and cells.program_id is null
    and cells.zone_id is null
    and cells.breakdown_kind is null
    and cells.interval_end <= (select as_of from publication)
qualify
    dense_rank() over (
        partition by indicators.indicator_id
        order by cells.interval_kind != 'quarter', intervals.kind_order
    ) = 1
order by indicators.headline_order, cells.interval_start
