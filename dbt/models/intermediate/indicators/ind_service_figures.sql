-- All items, the persons of strict matching, make the upper end of the band; those whose entry is the latest of a
-- shared person make the value, and those whose entry is the latest under lenient matching the lower end.
{% set items = ref('int_active_persons_by_interval') %}

{% for indicator_id, condition, breakdowns in [
    ('persons_active_count', 'true', ['age_group', 'age_band', 'household_type']),
    ('leavers_count', 'is_leaver', ['age_band']),
    ('stayers_count', 'not is_leaver', ['age_band']),
    ('households_active_count', 'is_head', ['household_type']),
    ('exits_count', 'is_leaver', ['destination_group']),
] %}
{{ indicator_values(
    indicator_id, items, numerator=count_where(condition ~ ' and is_latest'),
    low=count_where(condition ~ ' and is_latest_lenient'), high=count_where(condition),
    families=families_behind(condition ~ ' and is_latest'), breakdowns=breakdowns, levels=true
) }}

union all
{% endfor %}

{% set leaver = 'is_leaver and is_latest' %}
{% set stayer = 'not is_leaver and is_latest' %}
{% for indicator_id, condition, measure in [
    ('leaver_days_mean', leaver, 'mean'), ('leaver_days_median', leaver, 'median'),
    ('stayer_days_mean', stayer, 'mean'), ('stayer_days_median', stayer, 'median'),
] %}
{% set days = 'case when ' ~ condition ~ ' then days_of_stay end' %}
{{ indicator_values(
    indicator_id, items, numerator=median_of(days) if measure == 'median' else exact_mean(days),
    denominator=count_where(condition), families=families_behind(condition), breakdowns=[], levels=true
) }}
{{ 'union all' if not loop.last }}
{% endfor %}
