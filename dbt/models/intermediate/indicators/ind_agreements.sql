with items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        agreements.agreement_kind
    from {{ ref('stg_partner_agreements') }} as agreements
    inner join {{ source('reference', 'intervals') }} as intervals
        on agreements.signed_date <= intervals.interval_end
        and coalesce(agreements.ended_date, intervals.interval_end) >= intervals.interval_end
    where agreements.agreement_kind <> 'unmapped'
)

{{ indicator_values(
    'agreements_formal_count', 'items', numerator='count(*)', breakdowns=['agreement_kind'], agencies=false,
    zones=false, programs=false
) }}
