-- A computed cell outside the grid would vanish in silence. Meant to stay out: programmes that a row does not name or
-- whose code has no map (they count in their agency), and those not at an exit among the destinations.
with computed as (
    {% for model in [
        'ind_families', 'ind_referrals', 'ind_exits', 'ind_outcomes', 'ind_service_figures', 'ind_submissions'
    ] %}
    select * from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
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
where
    cells.indicator_id is null
    and coalesce(computed.program_id, '') not in ('not_stated', 'unmapped')
    and coalesce(computed.breakdown_code, '') <> 'still_enrolled'
    -- Shares are computed by month too, and shown by quarter and year only.
    and (
        computed.interval_kind not in ('month', 'quarter')
        or {{ list_holds("replace(indicators.interval, ',', ';')", 'computed.interval_kind') }}
    )
group by computed.indicator_id, computed.interval_kind, computed.breakdown_kind
