with scores as (
    select
        scores.*,
        instruments.better,
        instruments.margin,
        first_value(scores.score) over (
            partition by scores.agency_id, scores.person_id_shared, scores.instrument_id
            order by scores.assessed_date, scores.program_id
        ) as first_score,
        min(scores.assessed_date) over (
            partition by scores.agency_id, scores.person_id_shared, scores.instrument_id
        ) as first_date
    from {{ ref('int_scores') }} as scores
    inner join {{ source('reference', 'instruments') }} as instruments
        on scores.instrument_id = instruments.instrument_id
),

-- The last score within the interval against the first ever: a later score moves no earlier interval.
placed as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        scores.*,
        row_number() over (
            partition by
                intervals.interval_kind, intervals.interval_start, scores.agency_id, scores.person_id_shared,
                scores.instrument_id
            order by scores.assessed_date desc, scores.program_id asc
        ) as recency
    from scores
    inner join {{ source('reference', 'intervals') }} as intervals
        on scores.assessed_date between intervals.interval_start and intervals.interval_end
    where scores.assessed_date > scores.first_date
)

select
    interval_kind,
    interval_start,
    interval_end,
    agency_id,
    program_id,
    zone_id,
    person_id_shared,
    person_family_id,
    instrument_id as instrument,
    case
        when better = 'lower' then first_score - score >= margin
        else score - first_score >= margin
    end as is_improved
from placed
where recency = 1
