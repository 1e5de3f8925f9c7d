-- A numerator within its denominator, no count or length below zero, and either a value or a reason.
select
    published.indicator_id,
    published.interval_kind,
    published.interval_start,
    published.breakdown_kind
from {{ ref('fct_indicator_values') }} as published
inner join {{ ref('indicators') }} as indicators on published.indicator_id = indicators.indicator_id
where
    published.value < 0
    or (indicators.measure_kind = 'share' and (published.value > 100 or published.numerator > published.denominator))
    or (published.value is null) <> (published.missing_reason is not null)
