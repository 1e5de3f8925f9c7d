{#-
  The latest accepted row of each key: a whole staging model, for datasets whose columns only need new names.

  `key` are columns of the contract, `columns` expressions over them.
-#}
{% macro latest_rows(source_name, dataset, key, columns) %}
with ranked as (
    select
        _agency_id as agency_id,
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        _submission_id,
        {{ latest_row_rank(key) }} as _rank
    from {{ source(source_name, dataset) }}
)

select
    agency_id,
    {%- for column in columns %}
    {{ column.split(' as ') | last }},
    {%- endfor %}
    _submission_id
from ranked
where _rank = 1
{% endmacro %}
