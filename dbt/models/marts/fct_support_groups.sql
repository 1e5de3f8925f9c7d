select
    agency_id, group_id_agency, zone_id, opened_date, closed_date, _submission_id
from {{ ref('stg_support_groups') }}
