with source as (
    select * from {{ source('accepted', 'referrals') }}
),

renamed as (
    select
        -- ids
        _agency_id as agency_id,
        referral_id_agency,
        referral_key,
        contact_id_agency,
        person_id_agency,
        coalesce(program_code, 'not_stated') as program_id,
        other_agency_code as other_agency_id,
        -- codes
        direction_code,
        outcome_code,
        -- dates
        made_date,
        outcome_date,
        -- bookkeeping
        _submission_id,
        _period_start,
        {{ latest_row_rank(['referral_id_agency']) }} as _rank
    from source
)

select
    agency_id,
    referral_id_agency,
    referral_key,
    contact_id_agency,
    person_id_agency,
    program_id,
    other_agency_id,
    direction_code,
    outcome_code,
    made_date,
    outcome_date,
    _submission_id,
    _period_start
from renamed
where _rank = 1
