select *
from read_parquet('${published}/disclosure_rules.parquet')
