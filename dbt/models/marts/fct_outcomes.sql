select agency_id, person_id_shared, program_id, zone_id, instrument_id, assessed_date, score
from {{ ref('int_scores') }}
