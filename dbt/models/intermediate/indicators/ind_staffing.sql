{% set no_family = 'cast(null as ' ~ dbt.type_string() ~ ') as family_id' %}

with ranked as (
    select
        *,
        {{ dbt.date_trunc('month', 'month_date') }} as month_start,
        row_number() over (
            partition by agency_id, program_id, {{ dbt.date_trunc('month', 'month_date') }} order by month_date desc
        ) as recency
    from {{ ref('stg_staffing') }}
),

months as (
    select * from ranked
    where recency = 1
),

rolling_intervals as (
    select intervals.*
    from {{ source('reference', 'intervals') }} as intervals
    cross join {{ source('reference', 'build') }} as build
    where {{ first_day_of_rolling_year('intervals.interval_end') }} >= build.first_month
),

rolling as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        months.agency_id,
        months.program_id,
        {{ exact_mean('months.fte_total') }} as mean_fte,
        {{ exact_mean('months.headcount') }} as mean_headcount,
        {{ exact_sum('months.departures_count') }} as departures_count,
        count(*) = count(months.departures_count) as knows_departures
    from rolling_intervals as intervals
    inner join months
        on months.month_start
        between {{ first_day_of_rolling_year('intervals.interval_end') }} and intervals.interval_end
    group by
        intervals.interval_kind, intervals.interval_start, intervals.interval_end, months.agency_id, months.program_id
),

-- Families and staff stand on rows of their own, of the programmes that have both.
families_and_fte as (
    select interval_kind, interval_start, interval_end, agency_id, program_id, mean_fte as fte, {{ no_family }}
    from rolling
    where mean_fte > 0

    union all

    select
        rolling.interval_kind,
        rolling.interval_start,
        rolling.interval_end,
        rolling.agency_id,
        rolling.program_id,
        cast(null as double) as fte,
        services.family_id
    from rolling
    inner join {{ ref('int_family_services_by_interval') }} as services
        on services.interval_kind = 'month'
        and services.matching = 'shared'
        and rolling.agency_id = services.agency_id
        and rolling.program_id = services.program_id
        and services.interval_start
        between {{ first_day_of_rolling_year('rolling.interval_end') }} and rolling.interval_end
    where rolling.mean_fte > 0
),

-- A programme of which a month's departures are not known has no turnover: nobody known to have left is not nobody.
turnover as (
    select * from rolling
    where knows_departures
),

case_workers as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        months.agency_id,
        months.program_id,
        months.fte_with_cases as fte
    from {{ source('reference', 'intervals') }} as intervals
    inner join months on {{ dbt.date_trunc('month', 'intervals.interval_end') }} = months.month_start
    where months.fte_with_cases > 0
),

caseloads as (
    select *, {{ no_family }} from case_workers

    union all

    select
        case_workers.interval_kind,
        case_workers.interval_start,
        case_workers.interval_end,
        case_workers.agency_id,
        case_workers.program_id,
        cast(null as double) as fte,
        families.family_id
    from case_workers
    inner join {{ ref('int_enrolments__person_attached') }} as enrolments
        on case_workers.agency_id = enrolments.agency_id
        and case_workers.program_id = enrolments.program_id
        and enrolments.entry_date <= case_workers.interval_end
        and (enrolments.exit_date is null or enrolments.exit_date > case_workers.interval_end)
    inner join {{ ref('int_families__matched') }} as families
        on enrolments.person_id_shared = families.person_id
        and families.matching = 'shared'
)

{% for indicator_id, items in [
    ('families_per_staff_fte', 'families_and_fte'), ('caseload_per_worker', 'caseloads')
] %}
{{ indicator_values(
    indicator_id, items, numerator='count(distinct family_id)', denominator=exact_sum('fte'),
    value='count(distinct family_id) / nullif(' ~ exact_sum('fte') ~ ', 0)', families='count(distinct family_id)', breakdowns=[],
    zones=false
) }}

union all
{% endfor %}

{% set left, staff = exact_sum('departures_count'), exact_sum('mean_headcount') %}
{{ indicator_values(
    'staff_turnover_12_months_pct', 'turnover', numerator=left, denominator=staff,
    value=percent(left, staff), breakdowns=[], zones=false
) }}
