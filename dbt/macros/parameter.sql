{#- The value of a time limit from the seed parameters.csv, as an integer expression. -#}
{% macro parameter(parameter_id) -%}
    (select cast(value as integer) from {{ ref('parameters') }} where parameter_id = '{{ parameter_id }}')
{%- endmacro %}
