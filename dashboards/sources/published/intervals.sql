select
    interval_kind,
    strftime(interval_start, '%Y-%m-%d') as interval_start,
    strftime(interval_end, '%Y-%m-%d') as interval_end,
    label_en,
    label_fr,
    kind_label_en,
    kind_label_fr,
    kind_order
from read_parquet('${published}/intervals.parquet')
