{#- A stage of the continuum of service integration as a number, 1 (fragmented) to 5; null for anything else. -#}
{% macro stage_number(stage) -%}
    case {{ stage }}
        when 'fragmented' then 1
        when 'cooperation' then 2
        when 'coordination' then 3
        when 'collaboration' then 4
        when 'integrated' then 5
    end
{%- endmacro %}
