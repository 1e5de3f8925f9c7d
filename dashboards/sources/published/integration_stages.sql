select *
from read_parquet('${published}/integration_stages.parquet')
