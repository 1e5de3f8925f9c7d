-- What was expected and received for an indicator in an interval, by agency and for all (agency_id null).
with indicators as (
    select * from {{ ref('indicators') }}
),

agencies as (
    select * from {{ source('reference', 'agencies') }}
),

-- Those not due yet are awaited: what they will hold is not known, so no number that needs them is final.
submissions as (
    select
        expected.agency_id,
        expected.dataset,
        expected.period_start,
        expected.period_end,
        coalesce(submissions.state in ('accepted', 'nil'), false) as is_received
    from {{ source('reference', 'expected_submissions') }} as expected
    left join {{ ref('fct_submissions') }} as submissions
        on expected.agency_id = submissions.agency_id
        and expected.dataset = submissions.dataset
        and expected.period_start = submissions.period_start
),

programs as (
    select
        agency_id,
        sum(case when records_destinations then 1 else 0 end) as programs_with_destinations,
        sum(case when uses_instruments then 1 else 0 end) as programs_with_instruments
    from {{ source('reference', 'programs') }}
    group by agency_id
),

-- An agency collects an indicator when it sends one of its key datasets.
collected as (
    select
        indicators.indicator_id,
        agencies.agency_id,
        sum(
            case
                when indicators.key_datasets = 'submissions' then 1
                when {{ list_holds('indicators.key_datasets', 'labels.code') }}
                    and {{ list_holds('agencies.datasets', 'labels.code') }} then 1
                else 0
            end
        ) > 0
        and (indicators.indicator_id <> 'exits_to_permanent_home_pct' or max(programs.programs_with_destinations) > 0)
        and (indicators.indicator_id <> 'outcome_paired_pct' or max(programs.programs_with_instruments) > 0)
            as is_collected
    from indicators
    cross join agencies
    inner join programs on agencies.agency_id = programs.agency_id
    cross join {{ source('reference', 'labels') }} as labels
    where labels.kind = 'dataset'
    group by indicators.indicator_id, agencies.agency_id
),

by_agency as (
    select
        collected.indicator_id,
        intervals.interval_kind,
        intervals.interval_start,
        collected.agency_id,
        collected.is_collected,
        sum(case when submissions.period_start <= intervals.interval_end then 1 else 0 end) as submissions_expected,
        sum(
            case when submissions.is_received and submissions.period_start <= intervals.interval_end then 1 else 0 end
        ) as submissions_received,
        sum(
            case
                when submissions.is_received
                    and submissions.period_start <= intervals.interval_end
                    and (
                        indicators.key_datasets = 'submissions'
                        or {{ list_holds('indicators.key_datasets', 'submissions.dataset') }}
                    ) then 1
                else 0
            end
        ) as key_submissions_received,
        sum(case when submissions.is_received then 0 when submissions.agency_id is null then 0 else 1 end)
            as submissions_awaited
    from collected
    inner join indicators on collected.indicator_id = indicators.indicator_id
    cross join {{ source('reference', 'intervals') }} as intervals
    left join submissions
        on collected.is_collected
        and collected.agency_id = submissions.agency_id
        -- Outcomes come in until the window of the interval's last item has ended.
        and submissions.period_start
        <= {{ add_days('intervals.interval_end', 'cast(indicators.maturity_days as integer)') }}
        and submissions.period_end >= intervals.interval_start
        and (
            indicators.datasets = 'submissions'
            or {{ list_holds('indicators.datasets', 'submissions.dataset') }}
        )
    group by
        collected.indicator_id, intervals.interval_kind, intervals.interval_start, collected.agency_id,
        collected.is_collected
)

select * from by_agency

union all

select
    indicator_id,
    interval_kind,
    interval_start,
    cast(null as {{ dbt.type_string() }}) as agency_id,
    sum(case when is_collected then 1 else 0 end) > 0 as is_collected,
    sum(submissions_expected) as submissions_expected,
    sum(submissions_received) as submissions_received,
    sum(key_submissions_received) as key_submissions_received,
    sum(submissions_awaited) as submissions_awaited
from by_agency
group by indicator_id, interval_kind, interval_start
