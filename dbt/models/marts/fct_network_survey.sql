select
    agency_id, wave_id, network_id, answer_id, question_code, sector_code, answer_code, _submission_id
from {{ ref('stg_network_survey') }}
