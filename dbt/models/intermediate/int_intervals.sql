-- Months, quarters, reporting years, and the waves of the studies. A class holds all reporting years.
with every_interval as (
    select interval_kind, interval_start, interval_end, label_en, label_fr, kind_label_en, kind_label_fr, kind_order
    from {{ source('reference', 'intervals') }}
    union all
    select interval_kind, interval_start, interval_end, label_en, label_fr, kind_label_en, kind_label_fr, kind_order
    from {{ source('reference', 'waves') }}
)

select
    *,
    case
        when interval_kind in ('month', 'quarter', 'wave', 'all_waves') then interval_kind
        else 'year'
    end as interval_class
from every_interval
