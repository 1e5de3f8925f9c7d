select
    agency_id, service_id_agency, need_code, zone_id, month_date, places_count, places_free, _submission_id
from {{ ref('stg_service_places') }}
