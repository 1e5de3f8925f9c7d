select *
from read_parquet('${published}/parameters.parquet')
