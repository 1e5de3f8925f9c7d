with services as (
    select
        services.interval_kind,
        services.interval_start,
        services.interval_end,
        services.agency_id,
        services.program_id,
        services.zone_id,
        members.family_id_shared
    from {{ ref('int_services_by_interval') }} as services
    -- Many to many on purpose: a child of two homes stands for both families, and families are counted distinct.
    inner join {{ source('identity', 'family_members') }} as members
        on services.person_id_shared = members.person_id_shared
),

agencies_per_family as (
    select
        interval_kind,
        interval_start,
        family_id_shared,
        count(distinct agency_id) as agency_count
    from services
    group by interval_kind, interval_start, family_id_shared
)

select distinct
    services.*,
    agencies_per_family.agency_count
from services
inner join agencies_per_family
    on services.interval_kind = agencies_per_family.interval_kind
    and services.interval_start = agencies_per_family.interval_start
    and services.family_id_shared = agencies_per_family.family_id_shared
