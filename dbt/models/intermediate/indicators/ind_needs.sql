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

-- Silence is not a full house: a service's last known places hold for some months, and where none are known at all,
-- nothing is said.
known_places as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        places.need_code,
        places.zone_id,
        places.places_free,
        row_number() over (
            partition by
                intervals.interval_kind, intervals.interval_start, places.agency_id, places.service_id_agency,
                places.need_code, places.zone_id
            order by places.month_date desc
        ) as recency
    from {{ ref('stg_service_places') }} as places
    inner join {{ source('reference', 'intervals') }} as intervals
        on places.month_date <= intervals.interval_end
        and places.month_date > {{ months_before('intervals.interval_end', 'places_known_months') }}
),

months as (
    select distinct interval_kind, interval_start from known_places
),

places as (
    select
        interval_kind,
        interval_start,
        need_code,
        zone_id,
        max(places_free) as places_free
    from known_places
    where recency = 1
    group by interval_kind, interval_start, need_code, zone_id
),

items as (
    select
        needs.*,
        coalesce(places.places_free, 0) <= 0 as is_unmet
    from needs
    inner join months
        on needs.interval_kind = months.interval_kind
        and needs.interval_start = months.interval_start
    left join places
        on needs.interval_kind = places.interval_kind
        and needs.interval_start = places.interval_start
        and needs.need = places.need_code
        and needs.zone_id = places.zone_id
)

{% set unmet = count_distinct_where('is_unmet', 'family_id') %}
{{ indicator_values(
    'service_desert_pct', 'items', numerator=unmet, denominator='count(distinct family_id)',
    value=percent(unmet, 'count(distinct family_id)'), families=unmet, breakdowns=['need'],
    agencies=false, programs=false, zone_breakdowns=['need']
) }}
