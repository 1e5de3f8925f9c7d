-- Each measure by zone, and of all zones, in the latest complete interval of one kind: quarters, unless most of their
-- figures are hidden; then the reporting year (is_coarser) of which most may be shown and which ends last
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
        and indicator_values.breakdown_kind is null
        and indicator_values.interval_kind != 'month'
        and indicator_values.interval_end <= (select as_of from publication)
        and (
            coalesce(indicator_values.zone_id, '') != 'unknown'
            or (indicator_values.suppression != 'missing' and indicator_values.value is distinct from 0)
        )
    qualify
        rank() over (
            partition by indicator_values.indicator_id, indicator_values.interval_kind
            order by indicator_values.interval_start desc
        ) = 1
        and count(indicator_values.zone_id)
            over (partition by indicator_values.indicator_id, indicator_values.interval_kind) > 0
),

kinds as (
    select
        indicator_id,
        interval_kind,
        interval_kind = 'quarter' as is_quarter,
        2 * count(*) filter (where zone_id is not null and suppression = 'hidden') > count(zone_id) as is_mostly_hidden,
        max(interval_end) as interval_end,
        min(kind_order) as kind_order
    from cells
    group by indicator_id, interval_kind
),

chosen as (
    select
        indicator_id,
        interval_kind,
        not is_quarter and bool_or(is_quarter) over (partition by indicator_id) as is_coarser
    from kinds
    qualify
        row_number() over (
            partition by indicator_id
            order by
                is_mostly_hidden,
                case when is_mostly_hidden then is_quarter else not is_quarter end,
                interval_end desc,
                kind_order
        ) = 1
)

select
    cells.*,
    chosen.is_coarser,
    zones.zone_order,
    zones.name_en as zone_en,
    zones.name_fr as zone_fr
from cells
inner join chosen using (indicator_id, interval_kind)
left join zones on cells.zone_id = zones.zone_id
order by cells.indicator_id, zones.zone_order
