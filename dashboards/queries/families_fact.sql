-- The figure of families served that the publication's own row repeats
select
    indicator_values.*,
    intervals.full_label_en as label_en,
    intervals.full_label_fr as label_fr
from indicator_values
inner join intervals using (interval_kind, interval_start)
where
    indicator_id = 'families_served_count'
    and agency_id is null
    and program_id is null
    and zone_id is null
    and breakdown_kind is null
    and interval_kind not in ('month', 'quarter')
order by indicator_values.interval_end desc, interval_kind
limit 1
