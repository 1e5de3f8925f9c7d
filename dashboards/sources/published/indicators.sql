select * replace (
    strftime(baseline_date, '%Y-%m-%d') as baseline_date,
    strftime(target_date, '%Y-%m-%d') as target_date
)
from read_parquet('${published}/indicators.parquet')
