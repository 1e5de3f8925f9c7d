select
    agency_id, meeting_id, partner_id, meeting_date, meeting_kind, attendee_count, _submission_id
from {{ ref('stg_meetings') }}
