select
    agency_id, program_id, month_date, fte_total, fte_with_cases, headcount, departures_count,
    vacancies_count, _submission_id
from {{ ref('stg_staffing') }}
