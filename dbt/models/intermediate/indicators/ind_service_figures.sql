{% set items = ref('int_active_persons_by_interval') %}
{% set leavers = 'sum(case when is_leaver then 1 else 0 end)' %}
{% set stayers = 'sum(case when is_leaver then 0 else 1 end)' %}

{{ indicator_values(
    'persons_active_count', items, numerator='count(*)',
    breakdowns=['age_group', 'age_band', 'household_type'], levels=true
) }}

union all

{{ indicator_values('leavers_count', items, numerator=leavers, levels=true) }}

union all

{{ indicator_values('stayers_count', items, numerator=stayers, levels=true) }}

union all

{{ indicator_values(
    'households_active_count', items, numerator='count(distinct case when is_head then person_id_shared end)',
    breakdowns=['household_type'], levels=true
) }}

union all

{{ indicator_values(
    'exits_count', items, numerator=leavers, breakdowns=['destination_group'], levels=true
) }}

{% for indicator_id, expression, people in [
    ('leaver_days_mean', 'avg(case when is_leaver then days_of_stay end)', leavers),
    ('leaver_days_median', median_of('case when is_leaver then days_of_stay end'), leavers),
    ('stayer_days_mean', 'avg(case when not is_leaver then days_of_stay end)', stayers),
    ('stayer_days_median', median_of('case when not is_leaver then days_of_stay end'), stayers),
] %}
union all

{{ indicator_values(indicator_id, items, numerator=expression, denominator=people, breakdowns=[], levels=true) }}
{% endfor %}
