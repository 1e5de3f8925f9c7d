select *
from read_parquet('${published}/agencies.parquet')
