-- Persons and families served of whom nobody consented to linking, in the latest complete reporting year
select
    cells.*,
    indicators.unit,
    intervals.label_en,
    intervals.label_fr
from indicator_values as cells
inner join indicators using (indicator_id)
inner join intervals using (interval_kind, interval_start)
where
    cells.breakdown_kind = 'linkability'
    and cells.breakdown_code = 'not_linkable'
    and cells.agency_id is null
    and cells.suppression != 'missing'
    and cells.interval_kind not in ('month', 'quarter')
    and cells.interval_end <= (select as_of from publication)
qualify
    row_number() over (
        partition by cells.indicator_id
        order by cells.interval_end desc, cells.interval_kind
    ) = 1
order by indicators.headline_order
