-- Referrals between sectors, by quarter and year, each counted once from the sender's row.
with flows as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        coalesce(senders.sector, 'unknown') as sender_sector,
        case
            when referrals.receiver_agency_id = 'outside' then 'outside'
            else coalesce(receivers.sector, 'unknown')
        end as receiver_sector
    from {{ ref('int_referrals__matched') }} as referrals
    left join {{ source('reference', 'agencies') }} as senders on referrals.agency_id = senders.agency_id
    left join {{ source('reference', 'agencies') }} as receivers on referrals.receiver_agency_id = receivers.agency_id
    {{ join_intervals_of('referrals.made_date') }}
    where intervals.interval_kind <> 'month'
)

select
    interval_kind,
    interval_start,
    interval_end,
    sender_sector,
    receiver_sector,
    cast(count(*) as integer) as referrals_count
from flows
group by interval_kind, interval_start, interval_end, sender_sector, receiver_sector
