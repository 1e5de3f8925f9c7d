-- A model that forgets to say which families stand behind an indicator on people would have all its figures hidden.
select
    cells.indicator_id,
    cells.interval_kind,
    cells.interval_start,
    cells.breakdown_kind
from {{ ref('int_computed_values') }} as cells
inner join {{ ref('indicators') }} as indicators on cells.indicator_id = indicators.indicator_id
where (cells.families_behind is null) <> (indicators.disclosure_class = 'organisations')

union all

select
    cells.indicator_id,
    cells.interval_kind,
    cells.interval_start,
    cells.breakdown_kind
from {{ ref('fct_indicator_values') }} as cells
inner join {{ ref('indicators') }} as indicators on cells.indicator_id = indicators.indicator_id
where (cells.families_behind is null) <> (indicators.disclosure_class = 'organisations')
