-- The intervals of the measures: months, quarters, every reporting year and every wave that have ended.
select
    interval_kind, interval_start, interval_end, label_en, label_fr, kind_label_en, kind_label_fr,
    cast(kind_order as integer) as kind_order
from {{ ref('int_intervals') }}
