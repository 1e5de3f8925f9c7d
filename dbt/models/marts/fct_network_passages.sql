select
    agency_id, passage_id, wave_id, network_id, theme_code, factor_code, _submission_id
from {{ ref('stg_network_passages') }}
