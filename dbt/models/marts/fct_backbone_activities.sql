select
    agency_id, entry_id, entry_date, activity_code, evidence_kind, _submission_id
from {{ ref('stg_backbone_activities') }}
