with members as (
    select
        waves.interval_kind,
        waves.interval_start,
        waves.interval_end,
        members.network_id as network,
        members.organisation_id,
        members.sector_code,
        row_number() over (
            partition by waves.interval_kind, waves.interval_start, members.network_id, members.organisation_id
            order by members.wave_id desc, members.agency_id desc
        ) as recency
    from {{ ref('stg_network_members') }} as members
    inner join {{ source('reference', 'wave_intervals') }} as waves on members.wave_id = waves.wave_id
    where members.network_id <> 'unmapped'
)

select
    members.interval_kind,
    members.interval_start,
    members.interval_end,
    members.network,
    members.organisation_id,
    members.sector_code,
    expected.network_id is not null as is_expected
from members
left join {{ source('reference', 'network_sectors') }} as expected
    on members.network = expected.network_id
    and members.sector_code = expected.sector_code
where members.recency = 1
