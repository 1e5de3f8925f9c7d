-- Whether the months of an indicator moved more than chance, all agencies together
select
    signals.*,
    intervals.label_en,
    intervals.label_fr
from signals
left join intervals
    on intervals.interval_kind = 'month' and signals.signal_interval_start = intervals.interval_start
where signals.indicator_id is not null and signals.agency_id is null and signals.zone_id is null
