select
    agency_id, plan_id_agency, person_id_shared, zone_id, network_id, plan_date, organisation_count,
    parent_took_part, child_took_part, _submission_id
from {{ ref('int_action_plans__person_attached') }}
