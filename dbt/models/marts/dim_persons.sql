with current_bands as (
    select bands.person_id_shared, bands.age_band
    from {{ source('identity', 'person_age_bands') }} as bands
    cross join {{ source('reference', 'build') }} as build
    where build.as_of >= bands.from_month and build.as_of < bands.to_month
),

agencies as (
    select person_id_shared, count(distinct agency_id) as agency_count
    from {{ source('identity', 'person_crosswalk') }}
    group by person_id_shared
)

select
    persons.person_id_shared,
    persons.zone_id,
    persons.is_linkable,
    coalesce(current_bands.age_band, 'unknown') as age_band,
    cast(agencies.agency_count as integer) as agency_count
from {{ source('identity', 'persons') }} as persons
inner join agencies on persons.person_id_shared = agencies.person_id_shared
left join current_bands on persons.person_id_shared = current_bands.person_id_shared
