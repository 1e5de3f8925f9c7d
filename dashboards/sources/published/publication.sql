select
    kind,
    strftime(published_date, '%Y-%m-%d') as published_date,
    strftime(as_of, '%Y-%m-%d') as as_of,
    build_id,
    code_version,
    initiative_name_en,
    initiative_name_fr,
    because,
    contact,
    families_count,
    families_count_low,
    families_count_high,
    agencies_count,
    submissions_count,
    indicators_count,
    cells_count,
    cells_hidden
from read_parquet('${published}/publication.parquet')
