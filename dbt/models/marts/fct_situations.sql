select
    agency_id, situation_id, presented_date, presented_before, threshold, zone_id, presented_by, accepted_at,
    first_intervention_at, closed_date, closure_reason, _submission_id
from {{ ref('stg_situations') }}
