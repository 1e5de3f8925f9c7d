{% set known = exact_sum('families_count') %}
{% set reached = 'least(count(distinct family_id), ' ~ known ~ ')' %}

-- A family that a programme for a known population serves is one of that population.
with contacts as (
    select
        contacts.person_id_shared,
        contacts.contact_date
    from {{ ref('int_contacts__person_attached') }} as contacts
    inner join {{ source('reference', 'programs') }} as programs
        on contacts.agency_id = programs.agency_id
        and contacts.program_id = programs.program_id
    where contacts.is_delivered and programs.population_id is not null
),

intervals as (
    select intervals.*
    from {{ source('reference', 'intervals') }} as intervals
    cross join {{ source('reference', 'build') }} as build
    where {{ first_day_of_rolling_year('intervals.interval_end') }} >= build.first_month
),

counted as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        populations.zone_id,
        populations.families_count,
        row_number() over (
            partition by
                intervals.interval_kind, intervals.interval_start, populations.population_code, populations.zone_id
            order by populations.counted_date desc
        ) as recency
    from intervals
    inner join {{ ref('stg_populations') }} as populations on populations.counted_date <= intervals.interval_end
),

items as (
    select
        interval_kind,
        interval_start,
        interval_end,
        zone_id,
        families_count,
        cast(null as {{ dbt.type_string() }}) as family_id
    from counted
    where recency = 1

    union all

    select distinct
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        zones.zone_id,
        cast(null as double) as families_count,
        families.family_id
    from intervals
    inner join contacts
        on contacts.contact_date
        between {{ first_day_of_rolling_year('intervals.interval_end') }} and intervals.interval_end
    inner join {{ ref('int_families__matched') }} as families
        on contacts.person_id_shared = families.person_id
        and families.matching = 'shared'
    inner join {{ ref('int_family_zones') }} as zones on families.family_id = zones.family_id
)

-- Who is reached is known: where the register lags behind, it is not exceeded.
{{ indicator_values(
    'reach_pct', 'items', numerator=reached, denominator=known, value=percent(reached, known),
    families=reached, breakdowns=[], agencies=false, programs=false
) }}
