-- Evidence drops a table without rows: one empty row stands for it
-- Dates travel as text: a JavaScript date has a time zone, and could show the day before
select
    indicator_id,
    interval_kind,
    strftime(interval_start, '%Y-%m-%d') as interval_start,
    strftime(interval_end, '%Y-%m-%d') as interval_end,
    agency_id,
    program_id,
    zone_id,
    breakdown_kind,
    breakdown_code,
    numerator,
    denominator,
    value,
    value_low,
    value_high,
    bound_low,
    bound_high,
    submissions_expected,
    submissions_received,
    missing_reason,
    status,
    suppression,
    receipt_id
from (select 1) as one_row
left join read_parquet('${published}/indicator_values.parquet') as indicator_values on true
