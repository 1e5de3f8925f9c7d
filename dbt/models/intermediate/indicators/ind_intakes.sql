with enrolments as (
    select
        families.family_id,
        zones.zone_id,
        enrolments.agency_id,
        enrolments.entry_date,
        enrolments.exit_date,
        enrolments.intake_kind
    from {{ ref('int_enrolments__person_attached') }} as enrolments
    inner join {{ ref('int_families__matched') }} as families
        on enrolments.person_id_shared = families.person_id
        and families.matching = 'shared'
        and families.linkability = 'linkable'
    inner join {{ ref('int_family_zones') }} as zones on families.family_id = zones.family_id
),

-- What the law requires repeats nothing by anybody's choice.
own_intakes as (
    select * from enrolments
    where coalesce(intake_kind, '') <> 'statutory'
),

first_days as (
    select
        family_id,
        agency_id,
        min(entry_date) as first_date
    from own_intakes
    group by family_id, agency_id
),

-- A family's first intake at each agency, in order; a full one of any member is a story told.
first_intakes as (
    select
        enrolments.family_id,
        enrolments.zone_id,
        enrolments.agency_id,
        enrolments.entry_date,
        case
            when max(case when enrolments.intake_kind = 'full' then 1 else 0 end) = 1 then 'full'
            else
                max(
                    case
                        when enrolments.intake_kind not in ('not_collected', 'unmapped') then enrolments.intake_kind
                    end
                )
        end as intake_kind,
        row_number() over (
            partition by enrolments.family_id order by enrolments.entry_date, enrolments.agency_id
        ) as agency_number
    from own_intakes as enrolments
    inner join first_days
        on enrolments.family_id = first_days.family_id
        and enrolments.agency_id = first_days.agency_id
        and enrolments.entry_date = first_days.first_date
    group by enrolments.family_id, enrolments.zone_id, enrolments.agency_id, enrolments.entry_date
),

second_agencies as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        later.family_id,
        later.zone_id,
        earlier.intake_kind = 'full' and later.intake_kind = 'full' as is_repeated
    from first_intakes as earlier
    inner join first_intakes as later
        on earlier.family_id = later.family_id
        and earlier.agency_number = 1
        and later.agency_number = 2
        and later.entry_date <= {{ add_days('earlier.entry_date', parameter('story_repeated_days')) }}
    {{ join_intervals_of('later.entry_date') }}
    where earlier.intake_kind is not null and later.intake_kind is not null
),

enrolled_at_two as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        enrolments.family_id,
        min(enrolments.zone_id) as zone_id,
        max(case when enrolments.intake_kind = 'shared' then 1 else 0 end) = 1 as is_shared
    from enrolments
    inner join {{ source('reference', 'intervals') }} as intervals
        on enrolments.entry_date <= intervals.interval_end
        and (enrolments.exit_date is null or enrolments.exit_date > intervals.interval_end)
    group by intervals.interval_kind, intervals.interval_start, intervals.interval_end, enrolments.family_id
    having count(distinct enrolments.agency_id) > 1
)

{{ indicator_values(
    'story_repeated_pct', 'second_agencies', numerator=count_where('is_repeated'), denominator='count(*)',
    value=percent(count_where('is_repeated'), 'count(*)'), families=count_distinct_where('is_repeated', 'family_id'),
    breakdowns=[], agencies=false, programs=false
) }}

union all

{{ indicator_values(
    'intake_shared_pct', 'enrolled_at_two', numerator=count_where('is_shared'), denominator='count(*)',
    value=percent(count_where('is_shared'), 'count(*)'), families=count_distinct_where('is_shared', 'family_id'),
    breakdowns=[], agencies=false, programs=false
) }}
