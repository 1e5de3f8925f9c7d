with source as (
    select * from {{ source('accepted', 'contacts') }}
),

renamed as (
    select
        -- ids
        _agency_id as agency_id,
        contact_id_agency,
        person_id_agency,
        coalesce(program_code, 'not_stated') as program_id,
        -- codes
        contact_kind,
        contact_mode,
        contact_status,
        response_needed,
        put_off_by,
        -- dates and moments
        contact_date,
        requested_at,
        first_response_at,
        scheduled_at,
        done_at,
        -- numbers
        duration_minutes,
        cost_to_family,
        -- bookkeeping
        _submission_id,
        _period_start,
        {{ latest_row_rank(['contact_id_agency']) }} as _rank
    from source
)

select
    agency_id,
    contact_id_agency,
    person_id_agency,
    program_id,
    contact_kind,
    contact_mode,
    contact_status,
    response_needed,
    put_off_by,
    contact_date,
    requested_at,
    first_response_at,
    scheduled_at,
    done_at,
    duration_minutes,
    cost_to_family,
    _submission_id,
    _period_start
from renamed
where _rank = 1
