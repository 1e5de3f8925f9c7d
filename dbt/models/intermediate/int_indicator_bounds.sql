-- Worst and best case where a partner's submissions are missing. So many cases are taken for the missing ones as the
-- agency had in its fullest interval of the kind, by the share of its submissions that is missing, rounded up to ten so
-- that they tell nothing of a small number. An agency of which no interval is complete cannot be bounded, nor can means
-- and medians.
with coverage as (
    select
        *,
        1.0 * (key_submissions_expected - key_submissions_received)
        / nullif(key_submissions_expected, 0) as missing_share
    from {{ ref('int_indicator_coverage') }}
    where agency_id is not null and is_collected
        -- That a submission is missing is what these measure.
        and indicator_id not in ('submissions_received_pct', 'submissions_on_time_pct')
),

cells as (
    select * from {{ ref('int_indicator_values') }}
    where program_id is null and zone_id is null and breakdown_kind is null and measure_kind <> 'measure'
),

fullest as (
    select
        cells.indicator_id,
        cells.interval_kind,
        cells.agency_id,
        max(coalesce(cells.denominator, cells.value)) as cases
    from cells
    inner join coverage
        on cells.indicator_id = coverage.indicator_id
        and cells.interval_kind = coverage.interval_kind
        and cells.interval_start = coverage.interval_start
        and cells.agency_id = coverage.agency_id
        and coverage.missing_share = 0
    group by cells.indicator_id, cells.interval_kind, cells.agency_id
),

missing as (
    select
        coverage.indicator_id,
        coverage.interval_kind,
        coverage.interval_start,
        coverage.agency_id,
        10 * ceil(coverage.missing_share * fullest.cases / 10) as cases
    from coverage
    left join fullest
        on coverage.indicator_id = fullest.indicator_id
        and coverage.interval_kind = fullest.interval_kind
        and coverage.agency_id = fullest.agency_id
    where coverage.missing_share > 0
),

missing_of_slice as (
    select indicator_id, interval_kind, interval_start, agency_id, cases from missing
    union all
    select
        indicator_id,
        interval_kind,
        interval_start,
        cast(null as {{ dbt.type_string() }}) as agency_id,
        case when count(*) = count(cases) then sum(cases) end as cases
    from missing
    group by indicator_id, interval_kind, interval_start
)

select
    cells.indicator_id,
    cells.interval_kind,
    cells.interval_start,
    cells.agency_id,
    case cells.measure_kind
        when 'count' then cells.value
        else floor(100.0 * cells.numerator / (cells.denominator + missing_of_slice.cases))
    end as bound_low,
    case cells.measure_kind
        when 'count' then cells.value + missing_of_slice.cases
        else
            ceil(100.0 * (cells.numerator + missing_of_slice.cases) / (cells.denominator + missing_of_slice.cases))
    end as bound_high
from cells
inner join missing_of_slice
    on cells.indicator_id = missing_of_slice.indicator_id
    and cells.interval_kind = missing_of_slice.interval_kind
    and cells.interval_start = missing_of_slice.interval_start
    and coalesce(cells.agency_id, '') = coalesce(missing_of_slice.agency_id, '')
where cells.value is not null and missing_of_slice.cases is not null
