-- What each figure of an indicator was made of, all agencies together and each: every complete interval
select
    receipts.*,
    cells.program_id,
    cells.zone_id,
    cells.breakdown_kind,
    cells.breakdown_code,
    cells.value,
    cells.value_low,
    cells.value_high,
    cells.suppression,
    cells.missing_reason,
    cells.status,
    intervals.label_en,
    intervals.label_fr,
    intervals.kind_label_en,
    intervals.kind_label_fr,
    agencies.name_en,
    agencies.name_fr
from receipts
inner join intervals using (interval_kind, interval_start)
left join agencies on receipts.agency_id = agencies.agency_id
left join indicator_values as cells
    on
        receipts.receipt_id = cells.receipt_id
        and cells.program_id is null
        and cells.zone_id is null
        and cells.breakdown_kind is null
where
    receipts.indicator_id = '${params.indicator_id}'
    and receipts.interval_end <= (select as_of from publication)
order by intervals.kind_order, receipts.interval_start desc, receipts.agency_id is not null, agencies.name_en
