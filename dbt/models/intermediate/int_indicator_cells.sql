-- Every cell that a reader may expect, so that a zero, a missing value and a cell that cannot exist stay apart.
with indicators as (
    select * from {{ ref('indicators') }}
),

intervals as (
    select
        *,
        case when interval_kind in ('month', 'quarter') then interval_kind else 'year' end as interval_class
    from {{ source('reference', 'intervals') }}
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
where indicators.has_total

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
inner join slices on slices.slice in ('all', 'agency')
inner join breakdowns on {{ list_holds('indicators.breakdowns', 'breakdowns.breakdown_kind') }}
