select
    agency_id, wave_id, rater_partner_id, rated_partner_id, dimension_code, stage_now, stage_wanted,
    _submission_id
from {{ ref('stg_partnership_ratings') }}
