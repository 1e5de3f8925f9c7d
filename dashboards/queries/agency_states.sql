-- Whose figures are in each indicator's latest complete interval of each kind, and why the others' are not
with cells as (
    select *
    from indicator_values
    where
        agency_id is not null
        and program_id is null
        and interval_end <= (select as_of from publication)
    qualify
        rank() over (partition by indicator_id, interval_kind order by interval_start desc) = 1
        and (
            breakdown_kind is null
            or count(*) filter (where breakdown_kind is null) over (partition by indicator_id, interval_kind) = 0
        )
)

select
    cells.indicator_id,
    cells.interval_kind,
    cells.agency_id,
    agencies.name_en,
    agencies.name_fr,
    case
        when bool_or(cells.suppression = 'shown') and max(cells.submissions_received) < max(cells.submissions_expected)
            then 'part'
        when bool_or(cells.suppression = 'shown') then 'shown'
        when bool_or(cells.suppression = 'hidden') then 'hidden'
        else min(cells.missing_reason)
    end as state
from cells
inner join agencies using (agency_id)
group by cells.indicator_id, cells.interval_kind, cells.agency_id, agencies.name_en, agencies.name_fr
order by agencies.name_en
