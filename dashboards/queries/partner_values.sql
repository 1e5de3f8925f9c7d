-- One agency's figures: each measure in its latest complete quarter, or else wave, reporting year or month.
-- What it does not collect, or what has no meaning for it, is left out.
with cells as (
    select
        indicator_values.*,
        intervals.full_label_en as label_en,
        intervals.full_label_fr as label_fr,
        intervals.kind_order
    from indicator_values
    inner join intervals using (interval_kind, interval_start)
    where
        indicator_values.agency_id = '${params.agency_id}'
        and indicator_values.program_id is null
        and indicator_values.zone_id is null
        and indicator_values.breakdown_kind is null
        and indicator_values.interval_end <= (select as_of from publication)
        and coalesce(indicator_values.missing_reason, '') not in ('not_collected', 'not_applicable')
)

select *
from cells
qualify
    row_number() over (
        partition by indicator_id
        order by
            list_position(['quarter', 'wave'], interval_kind) is null,
            list_position(['quarter', 'wave'], interval_kind),
            interval_kind = 'month',
            interval_start desc,
            kind_order
    ) = 1
order by indicator_id
