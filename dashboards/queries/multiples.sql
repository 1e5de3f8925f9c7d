-- One indicator by quarter in each zone, and of each agency: only of those that have something to show or to hide
with cells as (
    select
        *,
        case when zone_id is null then 'agency' else 'zone' end as slice,
        coalesce(zone_id, agency_id) as group_id
    from indicator_values
    where
        indicator_id = '${params.indicator_id}'
        and interval_kind = 'quarter'
        and program_id is null
        and breakdown_kind is null
        and (zone_id is null) != (agency_id is null)
        and coalesce(zone_id, '') != 'unknown'
        and interval_end <= (select as_of from publication)
    qualify
        count(*) filter (where suppression != 'missing') over (partition by slice, group_id) > 0
        and count(value) over (partition by slice) > 0
        and min(interval_start) over (partition by slice) < max(interval_start) over (partition by slice)
)

select
    cells.*,
    intervals.label_en,
    intervals.label_fr,
    coalesce(zones.name_en, agencies.name_en) as group_en,
    coalesce(zones.name_fr, agencies.name_fr) as group_fr
from cells
inner join intervals using (interval_kind, interval_start)
left join zones on cells.zone_id = zones.zone_id
left join agencies on cells.agency_id = agencies.agency_id
order by cells.slice desc, zones.zone_order, agencies.name_en, cells.interval_start
