-- The groups which a measure is about (kinds of agreement, of service, ...), in its latest complete interval of each kind
with latest as (
    select *
    from indicator_values
    where
        breakdown_kind in ('activity', 'agreement_kind', 'benefit', 'cultural', 'mode', 'service_kind')
        and agency_id is null
        and zone_id is null
        and interval_end <= (select as_of from publication)
    qualify rank() over (partition by indicator_id, interval_kind order by interval_start desc) = 1
)

select
    latest.*,
    intervals.full_label_en as label_en,
    intervals.full_label_fr as label_fr,
    latest.breakdown_code as series,
    coalesce(kinds.label_en, latest.breakdown_kind) as slice_en,
    coalesce(kinds.label_fr, latest.breakdown_kind) as slice_fr,
    coalesce(codes.label_en, latest.breakdown_code) as name_en,
    coalesce(codes.label_fr, latest.breakdown_code) as name_fr
from latest
inner join intervals using (interval_kind, interval_start)
left join labels as kinds on kinds.kind = 'breakdown_kind' and latest.breakdown_kind = kinds.code
left join labels as codes on latest.breakdown_kind = codes.kind and latest.breakdown_code = codes.code
where
    latest.breakdown_code not in ('unknown', 'not_collected')
    or (latest.suppression != 'missing' and latest.value is distinct from 0)
order by latest.indicator_id, kinds.sort_order, latest.breakdown_kind, codes.sort_order, latest.breakdown_code
