select
    agency_id, group_id_agency, session_date, adults_count, children_count, champion_led, _submission_id
from {{ ref('stg_group_sessions') }}
