select
    agency_id, decision_id, decision_date, body_code, cited_indicators, _submission_id
from {{ ref('stg_decisions') }}
