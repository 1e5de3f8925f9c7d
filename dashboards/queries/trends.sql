-- Each indicator over its complete intervals of one kind, all agencies together: quarters, or else months, waves or
-- the reporting year that has figures and ends last. An indicator which must not be totalled comes in its parts.
with cells as (
    select
        indicator_values.*,
        intervals.full_label_en as label_en,
        intervals.full_label_fr as label_fr,
        intervals.kind_order
    from indicator_values
    inner join intervals using (interval_kind, interval_start)
    where
        indicator_values.agency_id is null
        and indicator_values.program_id is null
        and indicator_values.zone_id is null
        and indicator_values.interval_end <= (select as_of from publication)
        -- «not known» is worth a line only when there is something in it
        and (
            indicator_values.breakdown_kind is null
            or indicator_values.breakdown_code not in ('unknown', 'not_collected')
            or (indicator_values.suppression != 'missing' and indicator_values.value is distinct from 0)
        )
    qualify
        indicator_values.breakdown_kind is null
        or count(*) filter (where indicator_values.breakdown_kind is null)
            over (partition by indicator_values.indicator_id) = 0
),

chosen as (
    select
        indicator_id,
        interval_kind
    from cells
    group by indicator_id, interval_kind
    qualify
        row_number() over (
            partition by indicator_id
            order by
                list_position(['quarter', 'month', 'wave'], interval_kind) is null,
                list_position(['quarter', 'month', 'wave'], interval_kind),
                interval_kind = 'all_waves',
                bool_or(suppression != 'missing') desc,
                max(interval_end) desc,
                min(kind_order)
        ) = 1
)

select
    cells.*,
    coalesce(cells.breakdown_code, 'all') as series,
    coalesce(kinds.label_en, cells.breakdown_kind) as slice_en,
    coalesce(kinds.label_fr, cells.breakdown_kind) as slice_fr,
    coalesce(codes.label_en, cells.breakdown_code) as name_en,
    coalesce(codes.label_fr, cells.breakdown_code) as name_fr
from cells
inner join chosen using (indicator_id, interval_kind)
left join labels as kinds on kinds.kind = 'breakdown_kind' and cells.breakdown_kind = kinds.code
left join labels as codes on cells.breakdown_kind = codes.kind and cells.breakdown_code = codes.code
order by cells.indicator_id, codes.sort_order, series, cells.interval_start
