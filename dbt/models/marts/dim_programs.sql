select program_id, agency_id, name_en, name_fr, records_destinations, uses_instruments
from {{ source('reference', 'programs') }}
