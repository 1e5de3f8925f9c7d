-- In every slice, age band or total; and leavers are the sum of the exits by destination.
with figures as (
    select
        interval_kind,
        interval_start,
        coalesce(agency_id, '') as agency_id,
        coalesce(program_id, '') as program_id,
        coalesce(zone_id, '') as zone_id,
        case when breakdown_kind = 'age_band' then breakdown_code else '' end as age_band,
        sum(case when indicator_id = 'persons_active_count' then value end) as persons,
        sum(case when indicator_id = 'leavers_count' then value end) as leavers,
        sum(case when indicator_id = 'stayers_count' then value end) as stayers,
        sum(case when indicator_id = 'exits_count' and breakdown_kind is not null then value end) as exits
    from {{ ref('fct_indicator_values') }}
    where
        indicator_id in ('persons_active_count', 'leavers_count', 'stayers_count', 'exits_count')
        and coalesce(breakdown_kind, 'age_band') in ('age_band', 'destination_group')
    group by 1, 2, 3, 4, 5, 6
)

select * from figures
where leavers + stayers <> persons or exits <> leavers
