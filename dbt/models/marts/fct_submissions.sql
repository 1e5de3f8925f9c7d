with expected as (
    select expected.*, build.as_of
    from {{ source('reference', 'expected_submissions') }} as expected
    cross join {{ source('reference', 'build') }} as build
),

received as (
    select * from {{ source('reference', 'submission_extracts') }}
),

-- A file that holds everything speaks for every earlier period too, though it was not sent for it.
covering as (
    select
        agency_id,
        dataset,
        max(period_end) as covered_until,
        min(received_date) as received_date
    from received
    where delivers = 'everything' and state = 'accepted'
    group by agency_id, dataset
),

by_period as (
    select
        agency_id,
        dataset,
        period_start,
        period_end,
        -- The current extract decides the state; a superseded one of the period was received all the same.
        max(
            case state when 'accepted' then 5 when 'nil' then 4 when 'superseded' then 3 when 'held' then 2 else 1 end
        ) as best_state,
        count(distinct case when state in ('accepted', 'superseded') then submission_id end) > 1 as is_resubmitted,
        min(case when state <> 'rejected' then received_date end) as received_date,
        sum(case when state = 'accepted' then rows_in else 0 end) as rows_in,
        sum(case when state = 'accepted' then rows_accepted else 0 end) as rows_accepted,
        sum(case when state = 'accepted' then rows_quarantined else 0 end) as rows_quarantined
    from received
    group by agency_id, dataset, period_start, period_end
)

select
    coalesce(expected.agency_id, by_period.agency_id) as agency_id,
    coalesce(expected.dataset, by_period.dataset) as dataset,
    coalesce(expected.period_start, by_period.period_start) as period_start,
    coalesce(expected.period_end, by_period.period_end) as period_end,
    expected.due_date,
    coalesce(by_period.received_date, case when covering.covered_until is not null then covering.received_date end)
        as received_date,
    case
        when by_period.best_state in (3, 5) then 'accepted'
        when by_period.best_state = 4 then 'nil'
        when covering.covered_until is not null then 'accepted'
        when by_period.best_state = 2 then 'held'
        when by_period.best_state = 1 then 'rejected'
        else 'missing'
    end as state,
    expected.due_date is not null as is_expected,
    case
        when by_period.best_state > 2 then by_period.received_date <= expected.due_date
        when covering.covered_until is not null then false
    end as is_on_time,
    coalesce(by_period.is_resubmitted, false) as is_resubmitted,
    cast(by_period.rows_in as bigint) as rows_in,
    cast(by_period.rows_accepted as bigint) as rows_accepted,
    cast(by_period.rows_quarantined as bigint) as rows_quarantined
from expected
full join by_period
    on expected.agency_id = by_period.agency_id
    and expected.dataset = by_period.dataset
    and expected.period_start = by_period.period_start
left join covering
    on expected.agency_id = covering.agency_id
    and expected.dataset = covering.dataset
    and expected.period_end <= covering.covered_until
-- Before the due day an absent submission is not missing yet.
where expected.due_date is null or expected.due_date < expected.as_of or by_period.agency_id is not null
