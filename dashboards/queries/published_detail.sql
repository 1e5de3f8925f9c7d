-- For which intervals figures of people are published, the whole region first
select
    text_en,
    text_fr
from publication_detail
where text_en is not null
order by
    indicator_id <> 'any',
    case slice when 'all' then 1 when 'zone' then 2 when 'agency' then 3 else 4 end,
    breakdown_kind <> 'none',
    finest_interval = 'never',
    text_en
