select
    agency_id, situation_id, service_kind, partner_id, intervention_date, culturally_appropriate,
    _submission_id
from {{ ref('stg_situation_services') }}
