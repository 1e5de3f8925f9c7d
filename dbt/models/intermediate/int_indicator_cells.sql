-- Every cell that a reader may expect, so that a zero, a missing value and a cell that cannot exist stay apart.
with indicators as (
    select * from {{ ref('indicators') }}
),

intervals as (
    select interval_kind, interval_start, interval_end, interval_class from {{ ref('int_intervals') }}
),

-- The backbone has a place only among what it collects itself; of the other agencies it is worth saying what they do
-- not.
collection as (
    select
        collected.indicator_id,
        collected.agency_id,
        collected.is_collected
    from {{ ref('int_indicator_collection') }} as collected
    inner join {{ source('reference', 'agencies') }} as agencies on collected.agency_id = agencies.agency_id
    where collected.is_collected or agencies.sector <> 'backbone'
),

slices as (
    select
        'all' as slice, cast(null as {{ dbt.type_string() }}) as agency_id,
        cast(null as {{ dbt.type_string() }}) as program_id, cast(null as {{ dbt.type_string() }}) as zone_id
    union all
    select 'agency', agency_id, null, null from {{ source('reference', 'agencies') }}
    union all
    select 'program', agency_id, program_id, null from {{ source('reference', 'programs') }}
    union all
    select 'zone', null, null, zone_id from {{ source('reference', 'zones') }}
),

breakdowns as (
    select kind as breakdown_kind, code as breakdown_code
    from {{ source('reference', 'labels') }}
    where kind in (select code from {{ source('reference', 'labels') }} where kind = 'breakdown_kind')
)

select
    indicators.indicator_id,
    intervals.interval_kind,
    intervals.interval_start,
    intervals.interval_end,
    slices.agency_id,
    slices.program_id,
    slices.zone_id,
    cast(null as {{ dbt.type_string() }}) as breakdown_kind,
    cast(null as {{ dbt.type_string() }}) as breakdown_code
from indicators
inner join intervals on {{ list_holds("replace(indicators.interval, ',', ';')", 'intervals.interval_class') }}
inner join slices on {{ list_holds('indicators.slices', 'slices.slice') }}
left join collection
    on indicators.indicator_id = collection.indicator_id
    and slices.agency_id = collection.agency_id
where
    indicators.has_total
    and (
        slices.agency_id is null
        or collection.is_collected
        or (slices.slice = 'agency' and not collection.is_collected)
    )

union all

select
    indicators.indicator_id,
    intervals.interval_kind,
    intervals.interval_start,
    intervals.interval_end,
    slices.agency_id,
    slices.program_id,
    slices.zone_id,
    breakdowns.breakdown_kind,
    breakdowns.breakdown_code
from indicators
inner join intervals on {{ list_holds("replace(indicators.interval, ',', ';')", 'intervals.interval_class') }}
inner join slices
    on {{ list_holds('indicators.slices', 'slices.slice') }}
    and (
        slices.slice in ('all', 'agency')
        or (slices.slice = 'zone' and indicators.has_zone_breakdowns)
    )
inner join breakdowns on {{ list_holds('indicators.breakdowns', 'breakdowns.breakdown_kind') }}
left join collection
    on indicators.indicator_id = collection.indicator_id
    and slices.agency_id = collection.agency_id
-- Without a total, the breakdown is where an agency is told that it does not collect it.
where
    slices.agency_id is null
    or collection.is_collected
    or (collection.agency_id is not null and not indicators.has_total)
