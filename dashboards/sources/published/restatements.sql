-- Evidence drops a table without rows: one empty row stands for it
select restatements.* replace (
    strftime(restatements.release_date, '%Y-%m-%d') as release_date,
    strftime(restatements.interval_start, '%Y-%m-%d') as interval_start
)
from (select 1) as one_row
left join read_parquet('${published}/restatements.parquet') as restatements on true
