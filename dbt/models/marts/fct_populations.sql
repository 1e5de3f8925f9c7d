select
    agency_id, population_code, zone_id, counted_date, families_count, source_name, _submission_id
from {{ ref('stg_populations') }}
