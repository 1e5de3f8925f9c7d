select
    agency_id, resource_id_agency, zone_id, created_date, public_cost, _submission_id
from {{ ref('stg_community_resources') }}
