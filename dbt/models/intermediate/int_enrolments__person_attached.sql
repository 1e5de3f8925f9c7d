with enrolments as (
    select * from {{ ref('stg_enrolments') }}
),

persons as (
    select * from {{ ref('int_persons__matched') }}
),

entry_bands as (
    select * from {{ source('identity', 'enrolment_age_bands') }}
),

stated_households as (
    select * from {{ ref('stg_persons') }}
),

destinations as (
    select * from {{ source('reference', 'code_groups') }}
    where dataset = 'enrolments' and "column" = 'destination_code'
)

select
    enrolments.agency_id,
    enrolments.enrolment_id_agency,
    persons.person_id_shared,
    persons.person_id_strict,
    persons.person_id_lenient,
    enrolments.program_id,
    persons.zone_id,
    persons.person_family_id,
    persons.is_linkable,
    enrolments.entry_date,
    enrolments.exit_date,
    enrolments.destination_code,
    enrolments.entry_point,
    enrolments.intake_kind,
    enrolments.first_need,
    enrolments.second_need,
    enrolments.third_need,
    case when enrolments.exit_date is not null then coalesce(destinations.code_group, 'other') end as destination_group,
    coalesce(entry_bands.age_band, 'unknown') as age_band_at_entry,
    -- A person without a household is a household alone, and its head.
    coalesce(
        enrolments.household_id_agency, stated_households.household_id_agency,
        concat('alone|', persons.person_id_shared)
    ) as household_id_agency,
    case
        when coalesce(enrolments.household_id_agency, stated_households.household_id_agency) is null then true
        else coalesce(enrolments.relationship_to_head, stated_households.relationship_to_head, '') = 'head'
    end as is_head,
    enrolments._submission_id
from enrolments
inner join persons
    on enrolments.agency_id = persons.agency_id
    and enrolments.person_id_agency = persons.person_id_agency
left join entry_bands
    on enrolments.agency_id = entry_bands.agency_id
    and enrolments.enrolment_id_agency = entry_bands.enrolment_id_agency
left join stated_households
    on enrolments.agency_id = stated_households.agency_id
    and enrolments.person_id_agency = stated_households.person_id_agency
left join destinations on enrolments.destination_code = destinations.code
