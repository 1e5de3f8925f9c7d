select
    agency_id, gap_id, recorded_date, gap_kind, action_date, _submission_id
from {{ ref('stg_systemic_gaps') }}
