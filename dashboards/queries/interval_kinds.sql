select
    interval_kind,
    kind_label_en,
    kind_label_fr,
    min_by(label_en, interval_start) as first_en,
    min_by(label_fr, interval_start) as first_fr,
    max_by(label_en, interval_start) as last_en,
    max_by(label_fr, interval_start) as last_fr
from intervals
where interval_kind is not null
group by interval_kind, kind_label_en, kind_label_fr, kind_order
order by kind_order
