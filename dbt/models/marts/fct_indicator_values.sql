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
    cells.status,
    -- Of organisations everything is published.
    coalesce(indicators.people_in, '') = '' or coalesce(
        detail.finest_length
        <= case cells.interval_kind when 'month' then 1 when 'quarter' then 2 else 3 end,
        false
    ) as is_published
from {{ ref('int_indicator_values') }} as cells
left join {{ ref('int_indicator_bounds') }} as bounds
    on cells.indicator_id = bounds.indicator_id
    and cells.interval_kind = bounds.interval_kind
    and cells.interval_start = bounds.interval_start
    and coalesce(cells.agency_id, '') = coalesce(bounds.agency_id, '')
    and cells.program_id is null
    and cells.zone_id is null
    and cells.breakdown_kind is null
inner join {{ ref('indicators') }} as indicators on cells.indicator_id = indicators.indicator_id
left join {{ ref('int_publication_detail') }} as detail
    on cells.indicator_id = detail.indicator_id
    and case
        when cells.program_id is not null then 'program'
        when cells.zone_id is not null then 'zone'
        when cells.agency_id is not null then 'agency'
        else 'all'
    end = detail.slice
    and coalesce(cells.breakdown_kind, 'none') = detail.breakdown_kind
