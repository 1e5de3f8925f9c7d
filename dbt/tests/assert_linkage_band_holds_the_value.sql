-- Each count of persons or families lies within its band, and nothing else has one.
select
    published.indicator_id,
    published.interval_kind,
    published.interval_start,
    published.breakdown_kind
from {{ ref('fct_indicator_values') }} as published
inner join {{ ref('indicators') }} as indicators on published.indicator_id = indicators.indicator_id
where
    published.value_low > published.value
    or published.value_high < published.value
    or (indicators.has_linkage_band and published.value is not null) <> (published.value_low is not null)
    or (indicators.has_linkage_band and published.value is not null) <> (published.value_high is not null)
