select *
from read_parquet('${published}/indicators.parquet')
