{#- DuckDB-only functions behind one name each, so that another engine needs only its own version of these. -#}

{% macro median_of(expression) %}{{ return(adapter.dispatch('median_of', 'dorsale')(expression)) }}{% endmacro %}
{% macro default__median_of(expression) %}percentile_cont(0.5) within group (order by {{ expression }}){% endmacro %}
{% macro duckdb__median_of(expression) %}median({{ expression }}){% endmacro %}

{#- Sums and means of measured numbers. Floating-point numbers add up to other last digits in another order, and an
    engine with several threads keeps none: as decimals of fifteen places they do not. -#}
{% macro exact_sum(expression) %}cast(sum(cast({{ expression }} as decimal(38, 15))) as double){% endmacro %}
{% macro exact_mean(expression) %}{{ exact_sum(expression) }} / count({{ expression }}){% endmacro %}

{#- True when a list written 'a;b;c' holds an element. -#}
{% macro list_holds(list, element) -%}
    concat(';', {{ list }}, ';') like concat('%;', {{ element }}, ';%')
{%- endmacro %}

{% macro add_days(date, days) -%}
    cast({{ dbt.dateadd('day', days, date) }} as date)
{%- endmacro %}
