select
    agency_id, network_id, wave_id, organisation_id, sector_code, _submission_id
from {{ ref('stg_network_members') }}
