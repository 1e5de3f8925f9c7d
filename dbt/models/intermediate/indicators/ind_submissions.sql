{% set items = ref('int_submissions_by_interval') %}
{% set received = 'sum(case when is_received then 1 else 0 end)' %}
{% set on_time = 'sum(case when is_on_time then 1 else 0 end)' %}

{{ indicator_values(
    'submissions_received_pct', items, numerator=received, denominator='count(*)',
    value=percent(received, 'count(*)'), breakdowns=['dataset'], zones=false, programs=false
) }}

union all

{{ indicator_values(
    'submissions_on_time_pct', items, numerator=on_time, denominator='count(*)',
    value=percent(on_time, 'count(*)'), breakdowns=['dataset'], zones=false, programs=false
) }}
