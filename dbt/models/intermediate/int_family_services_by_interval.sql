with services as (
    {% for matching, is_served in {
        'shared': 'is_served', 'strict': 'is_served_strict', 'lenient': 'is_served_lenient'
    }.items() %}
    select
        services.interval_kind,
        services.interval_start,
        services.interval_end,
        services.agency_id,
        services.program_id,
        services.zone_id,
        families.matching,
        families.family_id,
        families.linkability
    from {{ ref('int_services_by_interval') }} as services
    -- Many to many on purpose: a child of two homes stands for both families, and families are counted distinct.
    inner join {{ ref('int_families__matched') }} as families
        on services.person_id_{{ matching }} = families.person_id
        and families.matching = '{{ matching }}'
    where services.{{ is_served }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

agencies_per_family as (
    select
        interval_kind,
        interval_start,
        matching,
        family_id,
        count(distinct agency_id) as agency_count
    from services
    group by interval_kind, interval_start, matching, family_id
)

select distinct
    services.*,
    agencies_per_family.agency_count
from services
inner join agencies_per_family
    on services.interval_kind = agencies_per_family.interval_kind
    and services.interval_start = agencies_per_family.interval_start
    and services.matching = agencies_per_family.matching
    and services.family_id = agencies_per_family.family_id
