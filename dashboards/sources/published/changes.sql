-- Evidence drops a table without rows: one empty row stands for it
select changes.* replace (strftime(changes.release_date, '%Y-%m-%d') as release_date)
from (select 1) as one_row
left join read_parquet('${published}/changes.parquet') as changes on true
