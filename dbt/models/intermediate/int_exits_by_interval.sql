with enrolments as (
    select
        enrolments.*,
        programs.records_destinations,
        programs.uses_instruments,
        coalesce(bands.age_band, 'unknown') as age_band
    from {{ ref('int_enrolments__person_attached') }} as enrolments
    inner join {{ source('reference', 'programs') }} as programs
        on enrolments.agency_id = programs.agency_id
        and enrolments.program_id = programs.program_id
    left join {{ source('identity', 'person_age_bands') }} as bands
        on enrolments.person_id_shared = bands.person_id_shared
        and enrolments.exit_date >= bands.from_month
        and enrolments.exit_date < bands.to_month
    where enrolments.exit_date is not null
),

paired as (
    -- One row per instrument with two scores: an enrolment with two such instruments is one.
    select distinct -- noqa: AM01
        enrolments.agency_id,
        enrolments.enrolment_id_agency
    from enrolments
    inner join {{ ref('int_scores') }} as scores
        on enrolments.agency_id = scores.agency_id
        and enrolments.person_id_shared = scores.person_id_shared
        and enrolments.program_id = scores.program_id
        and scores.assessed_date between enrolments.entry_date
        and {{ add_days('enrolments.exit_date', parameter('assessment_grace_days')) }}
    group by enrolments.agency_id, enrolments.enrolment_id_agency, scores.instrument_id
    having count(distinct scores.assessed_date) > 1
)

select
    intervals.interval_kind,
    intervals.interval_start,
    intervals.interval_end,
    enrolments.agency_id,
    enrolments.enrolment_id_agency,
    enrolments.program_id,
    enrolments.zone_id,
    enrolments.person_family_id,
    enrolments.age_band,
    enrolments.records_destinations,
    enrolments.uses_instruments,
    enrolments.destination_group,
    coalesce(enrolments.destination_code, 'not_collected') as destination_code,
    coalesce(enrolments.destination_code, 'not_collected')
    not in ('unknown', 'refused', 'not_collected', 'unmapped', 'deceased') as has_known_destination,
    paired.enrolment_id_agency is not null as is_paired
from enrolments
inner join {{ source('reference', 'intervals') }} as intervals
    on enrolments.exit_date between intervals.interval_start and intervals.interval_end
left join paired
    on enrolments.agency_id = paired.agency_id
    and enrolments.enrolment_id_agency = paired.enrolment_id_agency
