{% set no_fan_out = "families.matching = 'shared'" %}

with screenings as (
    select distinct
        intervals.interval_kind,
        intervals.interval_start,
        benefits.agency_id,
        families.family_id
    from {{ ref('int_benefits__person_attached') }} as benefits
    inner join {{ ref('int_families__matched') }} as families
        on benefits.person_id_shared = families.person_id
        and {{ no_fan_out }}
    {{ join_intervals_of('benefits.screening_date') }}
),

-- Of families at agencies that screen: the others cannot know.
served as (
    select distinct
        services.interval_kind,
        services.interval_start,
        services.interval_end,
        services.agency_id,
        services.program_id,
        services.zone_id,
        services.family_id,
        screenings.family_id is not null as is_screened
    from {{ ref('int_family_services_by_interval') }} as services
    inner join {{ source('reference', 'agencies') }} as agencies on services.agency_id = agencies.agency_id
    left join screenings
        on services.interval_kind = screenings.interval_kind
        and services.interval_start = screenings.interval_start
        and services.agency_id = screenings.agency_id
        and services.family_id = screenings.family_id
    where services.matching = 'shared' and {{ list_holds('agencies.datasets', "'benefits'") }}
),

-- A family is found eligible for a benefit once, with its first member; whoever of it is enrolled after that counts.
eligible as (
    select
        benefits.agency_id,
        families.family_id,
        {{ known('benefits.benefit_code') }} as benefit,
        benefits.enrolled_date,
        benefits.enrolment_source in ('agency_record', 'family_word') as is_told,
        min(benefits.eligible_date) over (
            partition by benefits.agency_id, families.family_id, {{ known('benefits.benefit_code') }}
        ) as eligible_date
    from {{ ref('int_benefits__person_attached') }} as benefits
    inner join {{ ref('int_families__matched') }} as families
        on benefits.person_id_shared = families.person_id
        and {{ no_fan_out }}
    where benefits.eligibility = 'eligible' and benefits.eligible_date is not null
),

matured as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        eligible.agency_id,
        eligible.family_id,
        eligible.benefit,
        concat(eligible.family_id, '|', eligible.benefit) as family_and_benefit,
        coalesce(
            eligible.is_told
            and eligible.enrolled_date between eligible.eligible_date
            and {{ add_days('eligible.eligible_date', parameter('benefit_days')) }},
            false
        ) as is_enrolled_in_time
    from eligible
    cross join {{ source('reference', 'build') }} as build
    {{ join_intervals_of('eligible.eligible_date') }}
    where {{ add_days('eligible.eligible_date', parameter('benefit_days')) }} < build.as_of
)

{% set screened = count_distinct_where('is_screened', 'family_id') %}
{{ indicator_values(
    'benefits_screened_pct', 'served', numerator=screened, denominator='count(distinct family_id)',
    value=percent(screened, 'count(distinct family_id)'), families=screened, breakdowns=[]
) }}

union all

{% set all_eligible = 'count(distinct family_and_benefit)' %}
{% set in_time = count_distinct_where('is_enrolled_in_time', 'family_and_benefit') %}
{{ indicator_values(
    'benefits_enrolled_60d_pct', 'matured', numerator=in_time, denominator=all_eligible,
    value=percent(in_time, all_eligible), families=count_distinct_where('is_enrolled_in_time', 'family_id'),
    breakdowns=['benefit'], zones=false, programs=false
) }}
