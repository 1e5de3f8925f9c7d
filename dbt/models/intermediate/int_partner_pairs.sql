with ratings as (
    select
        wave_id,
        least(rater_partner_id, rated_partner_id) as partner_id,
        greatest(rater_partner_id, rated_partner_id) as other_partner_id,
        rater_partner_id,
        {{ median_of(stage_number('stage_now')) }} as median_stage
    from {{ ref('stg_partnership_ratings') }}
    where {{ stage_number('stage_now') }} is not null and rater_partner_id <> rated_partner_id
    group by wave_id, rater_partner_id, rated_partner_id
),

pairs as (
    select
        ratings.wave_id,
        waves.interval_start,
        waves.interval_end,
        ratings.partner_id,
        ratings.other_partner_id,
        count(*) = 2 as is_rated_by_both,
        cast(floor(min(ratings.median_stage)) as integer) as lower_stage
    from ratings
    inner join {{ source('reference', 'wave_intervals') }} as waves
        on ratings.wave_id = waves.wave_id
        and waves.interval_kind = 'wave'
    group by
        ratings.wave_id, waves.interval_start, waves.interval_end, ratings.partner_id, ratings.other_partner_id
),

senders as (
    select agency_id from {{ source('reference', 'agencies') }}
    where {{ list_holds('datasets', "'referrals'") }}
),

referrals as (
    select
        pairs.wave_id,
        pairs.partner_id,
        pairs.other_partner_id,
        count(*) as referrals_count
    from pairs
    inner join {{ ref('int_referrals__matched') }} as referrals
        on pairs.partner_id = least(referrals.agency_id, referrals.receiver_agency_id)
        and pairs.other_partner_id = greatest(referrals.agency_id, referrals.receiver_agency_id)
        and referrals.made_date
        between {{ first_day_of_rolling_year('pairs.interval_end') }} and pairs.interval_end
    group by pairs.wave_id, pairs.partner_id, pairs.other_partner_id
),

served as (
    select distinct
        pairs_waves.wave_id,
        services.agency_id,
        services.family_id
    from (select distinct wave_id, interval_end from pairs) as pairs_waves
    inner join {{ ref('int_family_services_by_interval') }} as services
        on services.interval_kind = 'month'
        and services.matching = 'shared'
        and services.interval_start
        between {{ first_day_of_rolling_year('pairs_waves.interval_end') }} and pairs_waves.interval_end
),

shared as (
    select
        ours.wave_id,
        ours.agency_id as partner_id,
        theirs.agency_id as other_partner_id,
        count(*) as shared_families_count
    from served as ours
    inner join served as theirs
        on ours.wave_id = theirs.wave_id
        and ours.family_id = theirs.family_id
        and ours.agency_id < theirs.agency_id
    group by ours.wave_id, ours.agency_id, theirs.agency_id
)

select
    pairs.wave_id,
    pairs.interval_start,
    pairs.interval_end,
    pairs.partner_id,
    pairs.other_partner_id,
    case when pairs.is_rated_by_both then pairs.lower_stage end as stage,
    pairs.is_rated_by_both,
    ours.agency_id is not null and theirs.agency_id is not null as is_comparable,
    cast(coalesce(referrals.referrals_count, 0) as integer) as referrals_count,
    cast(coalesce(shared.shared_families_count, 0) as integer) as shared_families_count,
    referrals.wave_id is not null or shared.wave_id is not null as has_exchange
from pairs
left join senders as ours on pairs.partner_id = ours.agency_id
left join senders as theirs on pairs.other_partner_id = theirs.agency_id
left join referrals
    on pairs.wave_id = referrals.wave_id
    and pairs.partner_id = referrals.partner_id
    and pairs.other_partner_id = referrals.other_partner_id
left join shared
    on pairs.wave_id = shared.wave_id
    and pairs.partner_id = shared.partner_id
    and pairs.other_partner_id = shared.other_partner_id
