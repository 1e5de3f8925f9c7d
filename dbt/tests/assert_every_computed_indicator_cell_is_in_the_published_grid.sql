-- A computed cell outside the grid would vanish in silence. Meant to stay out: programmes that a row does not name or
-- whose code has no map (they count in their agency), and those not at an exit among the destinations.
with computed as (
    select * from {{ ref('int_computed_values') }}
)

select
    computed.indicator_id,
    computed.interval_kind,
    computed.breakdown_kind,
    count(*) as cells_lost
from computed
left join {{ ref('int_indicator_cells') }} as cells
    on computed.indicator_id = cells.indicator_id
    and computed.interval_kind = cells.interval_kind
    and computed.interval_start = cells.interval_start
    and coalesce(computed.agency_id, '') = coalesce(cells.agency_id, '')
    and coalesce(computed.program_id, '') = coalesce(cells.program_id, '')
    and coalesce(computed.zone_id, '') = coalesce(cells.zone_id, '')
    and coalesce(computed.breakdown_kind, '') = coalesce(cells.breakdown_kind, '')
    and coalesce(computed.breakdown_code, '') = coalesce(cells.breakdown_code, '')
inner join {{ ref('indicators') }} as indicators on computed.indicator_id = indicators.indicator_id
inner join {{ ref('int_intervals') }} as intervals
    on computed.interval_kind = intervals.interval_kind
    and computed.interval_start = intervals.interval_start
left join {{ ref('int_indicator_collection') }} as collected
    on computed.indicator_id = collected.indicator_id
    and computed.agency_id = collected.agency_id
where
    cells.indicator_id is null
    and coalesce(computed.program_id, '') not in ('not_stated', 'unmapped')
    and coalesce(computed.breakdown_code, '') <> 'still_enrolled'
    -- Shares are computed by month too, and shown by quarter and year only.
    and {{ list_holds("replace(indicators.interval, ',', ';')", 'intervals.interval_class') }}
    -- Of an agency that does not collect it nothing is counted, and nothing shown.
    and (coalesce(collected.is_collected, true) or coalesce(computed.value, 0) <> 0)
group by computed.indicator_id, computed.interval_kind, computed.breakdown_kind
