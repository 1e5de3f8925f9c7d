-- Accepted and with times; without an intervention so far it counts once the limit has passed.
with firsts as (
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
    {{ join_intervals_of('cast(situations.accepted_at as date)') }}
    where situations.threshold = 'met'
        and {{ has_time('situations.accepted_at') }}
        and (situations.first_intervention_at is null or {{ has_time('situations.first_intervention_at') }})
        and {{ hours_after('situations.accepted_at', 'intervention_hours') }} <= cast(build.as_of as timestamp)
),

interventions as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        situations.zone_id,
        agencies.situation_id,
        count(distinct partners.sector_code) >= {{ parameter('intervention_sectors') }} as is_multi_sector
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
        services.service_kind,
        case when services.culturally_appropriate = 'yes' then 'culturally_appropriate' else 'other' end as cultural
    from {{ ref('stg_situation_services') }} as services
    inner join {{ ref('stg_situations') }} as situations
        on services.agency_id = situations.agency_id
        and services.situation_id = situations.situation_id
        and situations.threshold = 'met'
    {{ join_intervals_of('services.intervention_date') }}
    where services.service_kind <> 'unmapped'
)

{{ indicator_values(
    'intervention_within_48h_pct', 'firsts', numerator=count_where('is_in_time'), denominator='count(*)',
    value=percent(count_where('is_in_time'), 'count(*)'), breakdowns=[], agencies=false, programs=false
) }}

union all

{{ indicator_values(
    'interventions_multi_sector_pct', 'interventions', numerator=count_where('is_multi_sector'),
    denominator='count(*)', value=percent(count_where('is_multi_sector'), 'count(*)'), breakdowns=[], agencies=false,
    programs=false
) }}

union all

{{ indicator_values(
    'services_mobilised_count', 'services', numerator='count(*)', breakdowns=['service_kind', 'cultural'],
    agencies=false, programs=false
) }}
