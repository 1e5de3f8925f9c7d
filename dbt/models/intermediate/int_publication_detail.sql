-- Of several lines that hold for a kind of cell, the one that names most holds: the indicator before the breakdown.
with slices as (
    select distinct slice from {{ ref('publication_detail') }}
),

breakdowns as (
    select code as breakdown_kind from {{ source('reference', 'labels') }} where kind = 'breakdown_kind'
    union all
    select 'none'
),

kinds as (
    select
        indicators.indicator_id,
        slices.slice,
        breakdowns.breakdown_kind
    from {{ ref('indicators') }} as indicators
    cross join slices
    cross join breakdowns
),

matches as (
    select
        kinds.indicator_id,
        kinds.slice,
        kinds.breakdown_kind,
        detail.finest_interval,
        row_number() over (
            partition by kinds.indicator_id, kinds.slice, kinds.breakdown_kind
            order by detail.indicator_id = 'any', detail.breakdown_kind = 'any'
        ) as match_order
    from kinds
    inner join {{ ref('publication_detail') }} as detail
        on kinds.slice = detail.slice
        and detail.indicator_id in (kinds.indicator_id, 'any')
        and (
            kinds.breakdown_kind = detail.breakdown_kind
            or (detail.breakdown_kind = 'any' and kinds.breakdown_kind <> 'none')
        )
)

select
    indicator_id,
    slice,
    breakdown_kind,
    case finest_interval when 'month' then 1 when 'quarter' then 2 when 'year' then 3 else 4 end as finest_length
from matches
where match_order = 1
