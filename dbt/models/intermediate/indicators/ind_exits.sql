{% set known = 'sum(case when records_destinations and has_known_destination then 1 else 0 end)' %}
{% set is_permanent = "records_destinations and has_known_destination and destination_group = 'permanent'" %}
{% set is_unknown = "records_destinations and not has_known_destination and destination_code <> 'deceased'" %}
{% set is_measured_twice = 'uses_instruments and is_paired' %}
{% set permanent = count_where(is_permanent) %}
{% set measured = 'sum(case when uses_instruments then 1 else 0 end)' %}
{% set paired = count_where(is_measured_twice) %}

{{ indicator_values(
    'exits_to_permanent_home_pct', ref('int_exits_by_interval'),
    numerator=permanent, denominator=known, value=percent(permanent, known),
    families=families_behind(is_permanent)
) }}

union all

{{ indicator_values(
    'exits_unknown_count', ref('int_exits_by_interval'),
    numerator=count_where(is_unknown), families=families_behind(is_unknown), breakdowns=[]
) }}

union all

{{ indicator_values(
    'outcome_paired_pct', ref('int_exits_by_interval'),
    numerator=paired, denominator=measured, value=percent(paired, measured),
    families=families_behind(is_measured_twice)
) }}
