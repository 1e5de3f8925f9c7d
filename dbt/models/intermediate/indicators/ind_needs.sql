-- Families with an open enrolment on the interval's last day, by every need noted on it. Without a zone nothing can be
-- said of the services near them.
with enrolments as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        families.family_id,
        zones.zone_id,
        enrolments.first_need,
        enrolments.second_need,
        enrolments.third_need
    from {{ ref('int_enrolments__person_attached') }} as enrolments
    inner join {{ ref('int_families__matched') }} as families
        on enrolments.person_id_shared = families.person_id
        and families.matching = 'shared'
    inner join {{ ref('int_family_zones') }} as zones on families.family_id = zones.family_id
    inner join {{ source('reference', 'intervals') }} as intervals
        on enrolments.entry_date <= intervals.interval_end
        and (enrolments.exit_date is null or enrolments.exit_date > intervals.interval_end)
    where zones.zone_id <> 'unknown'
),

needs as (
    {% for column in ['first_need', 'second_need', 'third_need'] %}
    select interval_kind, interval_start, interval_end, family_id, zone_id, {{ column }} as need
    from enrolments
    where {{ column }} not in ('not_collected', 'unmapped')
    {{ 'union' if not loop.last }}
    {% endfor %}
),

-- Where a month's places were not sent at all, nobody knows which are free.
months as (
    select distinct {{ dbt.date_trunc('month', 'month_date') }} as month_start
    from {{ ref('stg_service_places') }}
),

places as (
    select
        need_code,
        zone_id,
        {{ dbt.date_trunc('month', 'month_date') }} as month_start,
        max(places_free) as places_free
    from {{ ref('stg_service_places') }}
    group by need_code, zone_id, {{ dbt.date_trunc('month', 'month_date') }}
),

items as (
    select
        needs.*,
        coalesce(places.places_free, 0) <= 0 as is_unmet
    from needs
    inner join months on {{ dbt.date_trunc('month', 'needs.interval_end') }} = months.month_start
    left join places
        on needs.need = places.need_code
        and needs.zone_id = places.zone_id
        and {{ dbt.date_trunc('month', 'needs.interval_end') }} = places.month_start
)

{% set unmet = count_distinct_where('is_unmet', 'family_id') %}
{{ indicator_values(
    'service_desert_pct', 'items', numerator=unmet, denominator='count(distinct family_id)',
    value=percent(unmet, 'count(distinct family_id)'), breakdowns=['need'], agencies=false, programs=false,
    zone_breakdowns=['need']
) }}
