select *
from read_parquet('${published}/labels.parquet')
