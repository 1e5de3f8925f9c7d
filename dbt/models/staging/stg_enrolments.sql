with source as (
    select * from {{ source('accepted', 'enrolments') }}
),

renamed as (
    select
        -- ids
        _agency_id as agency_id,
        enrolment_id_agency,
        person_id_agency,
        household_id_agency,
        coalesce(program_code, 'not_stated') as program_id,
        -- codes
        relationship_to_head,
        destination_code,
        entry_point,
        intake_kind,
        first_need,
        second_need,
        third_need,
        -- dates
        entry_date,
        exit_date,
        -- bookkeeping
        _submission_id,
        _period_start,
        {{ latest_row_rank(['enrolment_id_agency']) }} as _rank
    from source
)

select
    agency_id,
    enrolment_id_agency,
    person_id_agency,
    household_id_agency,
    program_id,
    relationship_to_head,
    destination_code,
    entry_point,
    intake_kind,
    first_need,
    second_need,
    third_need,
    entry_date,
    exit_date,
    _submission_id,
    _period_start
from renamed
where _rank = 1
