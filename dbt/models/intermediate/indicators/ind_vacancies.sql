with items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        vacancies.agency_id,
        vacancies.program_id,
        {{ dbt.datediff('vacancies.opened_date', 'vacancies.filled_date', 'day') }} as days_to_fill
    from {{ ref('stg_vacancies') }} as vacancies
    {{ join_intervals_of('vacancies.filled_date') }}
)

{{ indicator_values(
    'vacancy_days_to_fill_median', 'items', numerator=median_of('days_to_fill'), denominator='count(*)', breakdowns=[],
    zones=false
) }}
