-- Figures of a group within a zone, and of the group in all zones together (without a zone), in the latest complete
-- interval of each kind: only of the indicators which are published so
with latest as (
    select *
    from indicator_values
    where
        agency_id is null
        and program_id is null
        and interval_end <= (select as_of from publication)
    qualify
        rank() over (partition by indicator_id, interval_kind order by interval_start desc) = 1
        and count(*) filter (where zone_id is not null and breakdown_kind is not null)
            over (partition by indicator_id, interval_kind) > 0
)

select
    latest.*,
    intervals.full_label_en as label_en,
    intervals.full_label_fr as label_fr,
    coalesce(kinds.label_en, latest.breakdown_kind) as slice_en,
    coalesce(kinds.label_fr, latest.breakdown_kind) as slice_fr,
    coalesce(codes.label_en, latest.breakdown_code) as group_en,
    coalesce(codes.label_fr, latest.breakdown_code) as group_fr,
    zones.name_en as zone_en,
    zones.name_fr as zone_fr
from latest
inner join intervals using (interval_kind, interval_start)
left join zones on latest.zone_id = zones.zone_id
left join labels as kinds on kinds.kind = 'breakdown_kind' and latest.breakdown_kind = kinds.code
left join labels as codes on latest.breakdown_kind = codes.kind and latest.breakdown_code = codes.code
where
    -- «not known» is worth a line only when there is something in it
    (
        (coalesce(latest.breakdown_code, '') not in ('unknown', 'not_collected') and coalesce(latest.zone_id, '') != 'unknown')
        or (latest.suppression != 'missing' and latest.value is distinct from 0)
    )
order by latest.indicator_id, latest.interval_kind, codes.sort_order, latest.breakdown_code, zones.zone_order
