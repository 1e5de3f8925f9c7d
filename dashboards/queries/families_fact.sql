-- The figure of families served that the publication's own row repeats
select *
from indicator_values
where
    indicator_id = 'families_served_count'
    and agency_id is null
    and program_id is null
    and zone_id is null
    and breakdown_kind is null
    and interval_kind not in ('month', 'quarter')
order by interval_end desc, interval_kind
limit 1
