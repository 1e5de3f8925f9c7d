select
    agency_id, session_id, partner_id, session_date, was_held, attended, _submission_id
from {{ ref('stg_table_sessions') }}
