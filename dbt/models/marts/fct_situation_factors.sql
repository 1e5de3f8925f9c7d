select
    agency_id, situation_id, risk_category, _submission_id
from {{ ref('stg_situation_factors') }}
