with matched as (
    select
        referrals.*,
        build.as_of,
        coalesce(bands.age_band, 'unknown') as age_band,
        coalesce(agencies.sector, 'unknown') as sector,
        line_calls.contact_id_agency is not null as came_of_line_call
    from {{ ref('int_referrals__matched') }} as referrals
    cross join {{ source('reference', 'build') }} as build
    left join {{ source('reference', 'agencies') }} as agencies on referrals.agency_id = agencies.agency_id
    left join {{ ref('stg_contacts') }} as line_calls
        on referrals.agency_id = line_calls.agency_id
        and referrals.contact_id_agency = line_calls.contact_id_agency
        and line_calls.contact_kind = 'line_call'
    left join {{ source('identity', 'person_age_bands') }} as bands
        on referrals.person_id_shared = bands.person_id_shared
        and referrals.made_date >= bands.from_month
        and referrals.made_date < bands.to_month
)

select
    intervals.interval_kind,
    intervals.interval_start,
    intervals.interval_end,
    matched.agency_id,
    matched.referral_id_agency,
    matched.program_id,
    matched.zone_id,
    matched.person_family_id,
    matched.age_band,
    matched.sector,
    -- The receiver is another partner, not an organisation outside.
    coalesce(matched.receiver_agency_id not in ('outside', 'unmapped', matched.agency_id), false)
        as is_to_partner,
    matched.came_of_line_call,
    matched.came_of_line_call
    and {{ add_days('matched.made_date', parameter('line_referral_days')) }} < matched.as_of
        as is_line_referral_matured,
    matched.outcome_source <> 'none' and matched.outcome_code = 'service_started'
    and matched.outcome_date <= {{ add_days('matched.made_date', parameter('line_referral_days')) }}
        as is_service_started_in_line_limit,
    matched.outcome_source,
    matched.matures_on < matched.as_of as is_matured,
    matched.outcome_source <> 'none' and matched.outcome_date <= matched.matures_on as is_closed_in_window,
    matched.outcome_source <> 'none' and matched.outcome_code = 'service_started' as is_service_started,
    matched.outcome_source <> 'none' and matched.outcome_code = 'service_started'
    and matched.outcome_date <= matched.matures_on as is_service_started_in_window,
    {{ dbt.datediff('matched.made_date', 'matched.outcome_date', 'day') }} as days_to_outcome
from matched
inner join {{ source('reference', 'intervals') }} as intervals
    on matched.made_date between intervals.interval_start and intervals.interval_end
