select *
from read_parquet('${published}/zones.parquet')
