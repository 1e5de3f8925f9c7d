select
    intervals.interval_kind,
    intervals.interval_start,
    intervals.interval_end,
    submissions.agency_id,
    submissions.dataset,
    submissions.state in ('accepted', 'nil') as is_received,
    coalesce(submissions.is_on_time, false) as is_on_time
from {{ ref('fct_submissions') }} as submissions
-- A quarterly submission counts in the quarter and in years, not in one of its months.
inner join {{ source('reference', 'intervals') }} as intervals
    on submissions.period_start >= intervals.interval_start
    and submissions.period_end <= intervals.interval_end
inner join {{ source('reference', 'agencies') }} as agencies on submissions.agency_id = agencies.agency_id
-- The backbone is no partner.
where submissions.is_expected and agencies.sector <> 'backbone'
