-- Every cell that the catalogue promises has its row, value or reason, once there is an agency to ask.
select
    cells.indicator_id,
    count(*) as cells_without_row
from {{ ref('int_indicator_cells') }} as cells
left join {{ ref('fct_indicator_values') }} as published
    on cells.indicator_id = published.indicator_id
    and cells.interval_kind = published.interval_kind
    and cells.interval_start = published.interval_start
    and coalesce(cells.agency_id, '') = coalesce(published.agency_id, '')
    and coalesce(cells.program_id, '') = coalesce(published.program_id, '')
    and coalesce(cells.zone_id, '') = coalesce(published.zone_id, '')
    and coalesce(cells.breakdown_kind, '') = coalesce(published.breakdown_kind, '')
    and coalesce(cells.breakdown_code, '') = coalesce(published.breakdown_code, '')
where
    published.indicator_id is null
    and exists (select 1 from {{ ref('dim_agencies') }})
group by cells.indicator_id
