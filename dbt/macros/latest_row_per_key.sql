{#-
  Keeps the latest accepted row of each key: the one of the latest period, then the one received last. A condition for
  a window filter, so that every dataset dedupes by one rule.
-#}
{% macro latest_row_rank(key) -%}
    row_number() over (
        partition by _agency_id, {{ key | join(', ') }}
        order by _period_end desc, _received_date desc, _receipt_order desc, _row_number desc
    )
{%- endmacro %}
