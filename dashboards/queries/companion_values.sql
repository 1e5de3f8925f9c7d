-- Figures shown beside another indicator, all agencies together, every complete interval
select
    cells.*,
    indicators.beside,
    indicators.title_en,
    indicators.title_fr,
    indicators.unit_en,
    indicators.unit_fr,
    indicators.measure_kind,
    indicators.decimals,
    intervals.full_label_en as label_en,
    intervals.full_label_fr as label_fr
from indicator_values as cells
inner join indicators using (indicator_id)
inner join intervals using (interval_kind, interval_start)
where
    indicators.beside is not null
    and cells.agency_id is null
    and cells.program_id is null
    and cells.zone_id is null
    and cells.breakdown_kind is null
    and cells.interval_end <= (select as_of from publication)
order by indicators.title_en, cells.interval_start
