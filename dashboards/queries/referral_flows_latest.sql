-- Who refers to whom, by sector, in the reporting year that ends last
select
    flows.*,
    cells.status,
    intervals.full_label_en as label_en,
    intervals.full_label_fr as label_fr,
    coalesce(senders.label_en, flows.sender_sector) as sender_en,
    coalesce(senders.label_fr, flows.sender_sector) as sender_fr,
    coalesce(receivers.label_en, flows.receiver_sector) as receiver_en,
    coalesce(receivers.label_fr, flows.receiver_sector) as receiver_fr
from referral_flows as flows
inner join intervals using (interval_kind, interval_start)
-- The flows are of the same referrals
left join indicator_values as cells
    on
        cells.indicator_id = 'referrals_made_count'
        and flows.interval_kind = cells.interval_kind
        and flows.interval_start = cells.interval_start
        and cells.agency_id is null
        and cells.program_id is null
        and cells.zone_id is null
        and cells.breakdown_kind is null
left join labels as senders on senders.kind = 'sector' and flows.sender_sector = senders.code
left join labels as receivers on receivers.kind = 'sector' and flows.receiver_sector = receivers.code
where
    flows.interval_kind not in ('month', 'quarter')
    and flows.interval_end <= (select as_of from publication)
qualify
    dense_rank() over (order by flows.interval_end desc, intervals.kind_order) = 1
order by
    flows.receiver_sector = 'unknown',
    flows.receiver_sector = 'outside',
    receivers.sort_order,
    flows.receiver_sector,
    senders.sort_order,
    flows.sender_sector
