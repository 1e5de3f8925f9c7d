-- Evidence drops a table without rows: one empty row stands for it
select
    interval_kind,
    strftime(interval_start, '%Y-%m-%d') as interval_start,
    strftime(interval_end, '%Y-%m-%d') as interval_end,
    label_en,
    label_fr,
    -- Where two kinds of year share a label, on pages that do not name the kind: '2025-2026 (School year)'
    label_en || if(count(*) over (partition by label_en) > 1, ' (' || kind_label_en || ')', '') as full_label_en,
    label_fr || if(count(*) over (partition by label_fr) > 1, ' (' || kind_label_fr || ')', '') as full_label_fr,
    kind_label_en,
    kind_label_fr,
    kind_order
from (select 1) as one_row
left join read_parquet('${published}/intervals.parquet') as intervals on true
