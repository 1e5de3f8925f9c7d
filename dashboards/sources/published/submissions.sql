-- Evidence drops a table without rows: one empty row stands for it
select
    agency_id,
    dataset,
    strftime(period_start, '%Y-%m-%d') as period_start,
    strftime(due_date, '%Y-%m-%d') as due_date,
    strftime(received_date, '%Y-%m-%d') as received_date,
    state,
    is_on_time,
    is_resubmitted,
    suppression
from (select 1) as one_row
left join read_parquet('${published}/submissions.parquet') as submissions on true
