select
    agency_id, referral_id_agency, receiver_agency_id, person_id_shared, program_id, zone_id, made_date, is_matched,
    outcome_source, outcome_code, outcome_date, matures_on, _submission_id
from {{ ref('int_referrals__matched') }}
