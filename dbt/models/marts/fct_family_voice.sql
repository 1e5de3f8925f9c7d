select
    agency_id, answer_id_agency, question_code, answer_date, program_id, zone_id, answer_code, _submission_id
from {{ ref('stg_family_voice') }}
