select
    action_plans.agency_id,
    action_plans.plan_id_agency,
    persons.person_id_shared,
    persons.zone_id,
    persons.person_family_id,
    action_plans.network_id,
    action_plans.plan_date,
    action_plans.organisation_count,
    action_plans.parent_took_part,
    action_plans.child_took_part,
    action_plans._submission_id
from {{ ref('stg_action_plans') }} as action_plans
inner join {{ ref('int_persons__matched') }} as persons
    on action_plans.agency_id = persons.agency_id
    and action_plans.person_id_agency = persons.person_id_agency
