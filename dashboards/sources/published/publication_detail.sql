select *
from read_parquet('${published}/publication_detail.parquet')
