-- Where an indicator is computed at all, each breakdown of the catalogue is: else its cells say 'no cases' for ever.

with computed as (
    select distinct indicator_id, breakdown_kind from {{ ref('int_computed_values') }}
)

select distinct
    cells.indicator_id,
    cells.breakdown_kind
from {{ ref('int_indicator_cells') }} as cells
left join computed
    on cells.indicator_id = computed.indicator_id
    and cells.breakdown_kind = computed.breakdown_kind
where
    cells.breakdown_kind is not null
    and computed.indicator_id is null
    and cells.indicator_id in (select anything.indicator_id from computed as anything)
