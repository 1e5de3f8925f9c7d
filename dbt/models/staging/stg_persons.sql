with source as (
    select * from {{ source('accepted', 'persons') }}
),

renamed as (
    select
        -- ids
        _agency_id as agency_id,
        person_id_agency,
        household_id_agency,
        -- codes
        birth_date_quality,
        sex,
        relationship_to_head,
        preferred_language,
        -- bookkeeping
        _submission_id,
        _period_start,
        {{ latest_row_rank(['person_id_agency']) }} as _rank
    from source
)

select
    agency_id,
    person_id_agency,
    household_id_agency,
    birth_date_quality,
    sex,
    relationship_to_head,
    preferred_language,
    _submission_id,
    _period_start
from renamed
where _rank = 1
