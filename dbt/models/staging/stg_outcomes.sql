with source as (
    select * from {{ source('accepted', 'outcomes') }}
),

renamed as (
    select
        -- ids
        _agency_id as agency_id,
        person_id_agency,
        coalesce(program_code, 'not_stated') as program_id,
        -- codes
        instrument_code as instrument_id,
        -- dates
        assessed_date,
        -- numbers
        score,
        -- bookkeeping
        _submission_id,
        _period_start,
        {{ latest_row_rank(['person_id_agency', 'instrument_code', 'assessed_date']) }} as _rank
    from source
)

select
    agency_id,
    person_id_agency,
    program_id,
    instrument_id,
    assessed_date,
    score,
    _submission_id,
    _period_start
from renamed
where _rank = 1
