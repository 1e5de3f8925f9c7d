select
    cells.indicator_id,
    cells.interval_kind,
    cells.interval_start,
    cells.interval_end,
    cells.agency_id,
    cells.program_id,
    cells.zone_id,
    cells.breakdown_kind,
    cells.breakdown_code,
    cells.numerator,
    cells.denominator,
    cells.value,
    cells.value_low,
    cells.value_high,
    cells.families_behind,
    bounds.bound_low,
    bounds.bound_high,
    cells.submissions_expected,
    cells.submissions_received,
    cells.missing_reason,
    cells.status
from {{ ref('int_indicator_values') }} as cells
left join {{ ref('int_indicator_bounds') }} as bounds
    on cells.indicator_id = bounds.indicator_id
    and cells.interval_kind = bounds.interval_kind
    and cells.interval_start = bounds.interval_start
    and coalesce(cells.agency_id, '') = coalesce(bounds.agency_id, '')
    and cells.program_id is null
    and cells.zone_id is null
    and cells.breakdown_kind is null
