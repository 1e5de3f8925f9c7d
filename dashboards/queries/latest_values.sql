-- Each indicator with the value of its latest complete quarter (or shortest interval)
select
    indicators.*,
    intervals.label_en,
    intervals.label_fr,
    cells.value,
    cells.value_low,
    cells.value_high,
    cells.suppression,
    cells.missing_reason,
    cells.status,
    cells.submissions_expected,
    cells.submissions_received
from indicators
left join indicator_values as cells
    on
        indicators.indicator_id = cells.indicator_id
        and cells.agency_id is null
        and cells.program_id is null
        and cells.zone_id is null
        and cells.breakdown_kind is null
        and cells.interval_end <= (select as_of from publication)
left join intervals
    on cells.interval_kind = intervals.interval_kind and cells.interval_start = intervals.interval_start
qualify
    row_number() over (
        partition by indicators.indicator_id
        order by
            cells.interval_kind != 'quarter',
            intervals.kind_order,
            cells.interval_start desc
    ) = 1
order by
    list_position(['common', 'service_figures'], indicators.system) is null,
    list_position(['common', 'service_figures'], indicators.system),
    indicators.system,
    list_position(['how much', 'how well', 'better off'], indicators.question),
    indicators.title_en
