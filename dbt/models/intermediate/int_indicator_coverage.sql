-- What was expected and received for an indicator in an interval, by agency and for all (agency_id null).
with indicators as (
    select * from {{ ref('indicators') }}
),

-- A period stays open until its due day and the grace after it have passed, whether its submission has come or not.
submissions as (
    select
        expected.agency_id,
        expected.dataset,
        expected.period_start,
        expected.period_end,
        coalesce(submissions.state in ('accepted', 'nil'), false) as is_received,
        {{ add_days('expected.due_date', parameter('submission_grace_days')) }} >= build.as_of as is_open
    from {{ source('reference', 'expected_submissions') }} as expected
    cross join {{ source('reference', 'build') }} as build
    left join {{ ref('fct_submissions') }} as submissions
        on expected.agency_id = submissions.agency_id
        and expected.dataset = submissions.dataset
        and expected.period_start = submissions.period_start
),

asked as (
    select
        collected.indicator_id,
        collected.agency_id,
        collected.is_collected,
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        indicators.datasets,
        indicators.key_datasets,
        -- Rolling months before the interval, and the window after its last item.
        case
            when cast(indicators.window_months as integer) = 12
                then {{ first_day_of_rolling_year('intervals.interval_end') }}
            else intervals.interval_start
        end as covered_from,
        {{ add_days('intervals.interval_end', 'cast(indicators.maturity_days as integer)') }} as covered_to
    from {{ ref('int_indicator_collection') }} as collected
    inner join indicators on collected.indicator_id = indicators.indicator_id
    inner join {{ ref('int_intervals') }} as intervals
        on {{ list_holds("replace(indicators.interval, ',', ';')", 'intervals.interval_class') }}
),

touching as (
    select
        asked.*,
        submissions.period_start <= asked.interval_end as is_due_in_interval,
        submissions.is_received,
        submissions.is_open,
        asked.key_datasets = 'submissions'
        or {{ list_holds('asked.key_datasets', 'submissions.dataset') }} as is_key
    from asked
    left join submissions
        on asked.is_collected
        and asked.agency_id = submissions.agency_id
        and submissions.period_start <= asked.covered_to
        and submissions.period_end >= asked.covered_from
        and (asked.datasets = 'submissions' or {{ list_holds('asked.datasets', 'submissions.dataset') }})
),

by_agency as (
    select
        indicator_id,
        interval_kind,
        interval_start,
        agency_id,
        is_collected,
        {{ count_where('is_due_in_interval') }} as submissions_expected,
        {{ count_where('is_due_in_interval and is_received') }} as submissions_received,
        {{ count_where('is_due_in_interval and is_key') }} as key_submissions_expected,
        {{ count_where('is_due_in_interval and is_key and is_received') }} as key_submissions_received,
        {{ count_where('is_open') }} as submissions_open
    from touching
    group by indicator_id, interval_kind, interval_start, agency_id, is_collected
)

select * from by_agency

union all

select
    indicator_id,
    interval_kind,
    interval_start,
    cast(null as {{ dbt.type_string() }}) as agency_id,
    {{ count_where('is_collected') }} > 0 as is_collected,
    sum(submissions_expected) as submissions_expected,
    sum(submissions_received) as submissions_received,
    sum(key_submissions_expected) as key_submissions_expected,
    sum(key_submissions_received) as key_submissions_received,
    sum(submissions_open) as submissions_open
from by_agency
group by indicator_id, interval_kind, interval_start
