with intervened as (
    select distinct agency_id, situation_id from {{ ref('stg_situation_agencies') }}
),

-- Accepted and with times; without an intervention so far it counts once the limit has passed. One whose interventions
-- are noted, but not the moment of the first, is not measurable.
firsts as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        situations.zone_id,
        coalesce(
            situations.first_intervention_at <= {{ hours_after('situations.accepted_at', 'intervention_hours') }}, false
        ) as is_in_time
    from {{ ref('stg_situations') }} as situations
    cross join {{ source('reference', 'build') }} as build
    left join intervened
        on situations.agency_id = intervened.agency_id
        and situations.situation_id = intervened.situation_id
    {{ join_intervals_of('cast(situations.accepted_at as date)') }}
    where situations.threshold = 'met'
        and {{ has_time('situations.accepted_at') }}
        and (
            {{ has_time('situations.first_intervention_at') }}
            or (situations.first_intervention_at is null and intervened.situation_id is null)
        )
        and {{ hours_after('situations.accepted_at', 'intervention_hours') }} <= cast(build.as_of as timestamp)
),

interventions as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        situations.zone_id,
        concat(agencies.agency_id, '|', agencies.situation_id) as situation,
        count(distinct nullif(partners.sector_code, 'unmapped')) >= {{ parameter('intervention_sectors') }}
            as is_multi_sector
    from {{ ref('stg_situation_agencies') }} as agencies
    inner join {{ ref('stg_situations') }} as situations
        on agencies.agency_id = situations.agency_id
        and agencies.situation_id = situations.situation_id
        and situations.threshold = 'met'
    left join {{ ref('stg_partners') }} as partners on agencies.partner_id = partners.partner_id
    {{ join_intervals_of('agencies.intervention_date') }}
    group by
        intervals.interval_kind, intervals.interval_start, intervals.interval_end, situations.zone_id,
        agencies.agency_id, agencies.situation_id, agencies.intervention_date
),

services as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        situations.zone_id,
        concat(situations.agency_id, '|', situations.situation_id) as situation,
        {{ known('services.service_kind') }} as service_kind,
        case when services.culturally_appropriate = 'yes' then 'culturally_appropriate' else 'other' end as cultural
    from {{ ref('stg_situation_services') }} as services
    inner join {{ ref('stg_situations') }} as situations
        on services.agency_id = situations.agency_id
        and services.situation_id = situations.situation_id
        and situations.threshold = 'met'
    {{ join_intervals_of('services.intervention_date') }}
)

{{ indicator_values(
    'intervention_within_48h_pct', 'firsts', numerator=count_where('is_in_time'), denominator='count(*)',
    value=percent(count_where('is_in_time'), 'count(*)'), families=count_where('is_in_time'),
    breakdowns=[], agencies=false, programs=false
) }}

union all

{{ indicator_values(
    'interventions_multi_sector_pct', 'interventions', numerator=count_where('is_multi_sector'),
    denominator='count(*)', value=percent(count_where('is_multi_sector'), 'count(*)'),
    families=count_distinct_where('is_multi_sector', 'situation'), breakdowns=[], agencies=false, programs=false
) }}

union all

{{ indicator_values(
    'services_mobilised_count', 'services', numerator='count(*)', families='count(distinct situation)',
    breakdowns=['service_kind', 'cultural'], agencies=false, programs=false
) }}
