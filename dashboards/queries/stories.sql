-- The story behind the curve: what people who know wrote about an interval
select
    notes.*,
    intervals.label_en,
    intervals.label_fr
from notes
inner join intervals using (interval_kind, interval_start)
order by notes.indicator_id, notes.interval_start
