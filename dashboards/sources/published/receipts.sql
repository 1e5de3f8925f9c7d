select * replace (
    strftime(interval_start, '%Y-%m-%d') as interval_start,
    strftime(interval_end, '%Y-%m-%d') as interval_end
)
from read_parquet('${published}/receipts.parquet')
