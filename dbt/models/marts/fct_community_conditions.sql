select
    agency_id, measure_code, zone_id, period_start, period_end, measure_value, population_count, source_name,
    _submission_id
from {{ ref('stg_community_conditions') }}
