with items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        {{ known('agreements.agreement_kind') }} as agreement_kind
    from {{ ref('stg_partner_agreements') }} as agreements
    inner join {{ source('reference', 'intervals') }} as intervals
        on agreements.signed_date <= intervals.interval_end
        and coalesce(agreements.ended_date, intervals.interval_end) >= intervals.interval_end
)

{{ indicator_values(
    'agreements_formal_count', 'items', numerator='count(*)', breakdowns=['agreement_kind'], agencies=false,
    zones=false, programs=false
) }}
