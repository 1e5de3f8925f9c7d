{#- Joins items to every month, quarter and reporting year in which a day of theirs lies. -#}
{% macro join_intervals_of(day) -%}
inner join {{ source('reference', 'intervals') }} as intervals
    on {{ day }} between intervals.interval_start and intervals.interval_end
{%- endmacro %}

{#- First day of the twelve months that end with an interval. -#}
{% macro first_day_of_rolling_year(interval_end) -%}
    cast({{ dbt.dateadd('month', -12, dbt.dateadd('day', 1, interval_end)) }} as date)
{%- endmacro %}

{#- The last day before so many months that end with an interval; the months come from a parameter. -#}
{% macro months_before(interval_end, parameter_id) -%}
    cast({{ dbt.dateadd('month', '-1 * ' ~ parameter(parameter_id), interval_end) }} as date)
{%- endmacro %}

{#- A moment of exactly midnight is a day without a time: it cannot be measured in hours. -#}
{% macro has_time(moment) -%}
    coalesce({{ moment }} <> cast(cast({{ moment }} as date) as timestamp), false)
{%- endmacro %}

{#- A moment so many hours after another; the hours come from a parameter. -#}
{% macro hours_after(moment, parameter_id) -%}
    cast({{ dbt.dateadd('hour', parameter(parameter_id), moment) }} as timestamp)
{%- endmacro %}
