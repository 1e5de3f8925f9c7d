{% set known = 'sum(case when records_destinations and has_known_destination then 1 else 0 end)' %}
{% set permanent %}
sum(case when records_destinations and has_known_destination and destination_group = 'permanent' then 1 else 0 end)
{% endset %}
{% set measured = 'sum(case when uses_instruments then 1 else 0 end)' %}
{% set paired = 'sum(case when uses_instruments and is_paired then 1 else 0 end)' %}

{{ indicator_values(
    'exits_to_permanent_home_pct', ref('int_exits_by_interval'),
    numerator=permanent, denominator=known, value=percent(permanent, known)
) }}

union all

{{ indicator_values(
    'exits_unknown_count', ref('int_exits_by_interval'),
    numerator=count_where("records_destinations and not has_known_destination and destination_code <> 'deceased'"), breakdowns=[]
) }}

union all

{{ indicator_values(
    'outcome_paired_pct', ref('int_exits_by_interval'),
    numerator=paired, denominator=measured, value=percent(paired, measured)
) }}
