-- Age bands, zones and consent to linking part the persons: they add up to the whole. An agency or a programme never
-- has more than the whole, nor than its agency.
with persons as (
    select * from {{ ref('fct_indicator_values') }}
    where indicator_id in ('persons_served_count', 'persons_active_count')
),

slices as (
    select
        indicator_id,
        interval_kind,
        interval_start,
        coalesce(agency_id, '') as agency_id,
        coalesce(sum(case when program_id is null and zone_id is null and breakdown_kind is null then value end), 0)
            as total,
        sum(case when breakdown_kind = 'age_band' then value end) as by_age_band,
        sum(case when breakdown_kind = 'linkability' then value end) as by_linkability,
        sum(case when zone_id is not null then value end) as by_zone,
        max(case when program_id is not null then value end) as largest_program
    from persons
    group by indicator_id, interval_kind, interval_start, coalesce(agency_id, '')
)

select
    slices.*,
    everyone.total as total_of_all
from slices
inner join slices as everyone
    on slices.indicator_id = everyone.indicator_id
    and slices.interval_kind = everyone.interval_kind
    and slices.interval_start = everyone.interval_start
    and everyone.agency_id = ''
where
    slices.by_age_band <> slices.total
    or slices.by_linkability <> slices.total
    or slices.by_zone <> slices.total
    or slices.largest_program > slices.total
    or slices.total > everyone.total
