select
    agency_id, situation_id, intervention_date, partner_id, role_code, _submission_id
from {{ ref('stg_situation_agencies') }}
