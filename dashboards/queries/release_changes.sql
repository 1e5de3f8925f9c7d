-- A release lists what it changed; a preview what the next release would change (without a date)
select
    changes.* exclude (interval_kind),
    changes.interval_kind as kind_id,
    coalesce(indicators.title_en, changes.indicator_id) as title_en,
    coalesce(indicators.title_fr, changes.indicator_id) as title_fr,
    coalesce(kinds.kind_label_en, changes.interval_kind) as kind_en,
    coalesce(kinds.kind_label_fr, changes.interval_kind) as kind_fr
from changes
left join indicators using (indicator_id)
left join (
    select distinct
        interval_kind,
        kind_label_en,
        kind_label_fr,
        kind_order
    from intervals
) as kinds using (interval_kind)
where
    changes.indicator_id is not null
    and changes.release_date is not distinct from (
        select case when kind = 'release' then (select max(release_date) from changes) end
        from publication
    )
order by title_en, kinds.kind_order
