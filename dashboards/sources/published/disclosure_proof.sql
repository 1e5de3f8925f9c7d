select *
from read_parquet('${published}/disclosure_proof.parquet')
