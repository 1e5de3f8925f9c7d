{% set families = ref('int_family_services_by_interval') %}
{% set linkable = count_distinct_where("matching = 'shared' and linkability = 'linkable'", 'family_id') %}
{% set linkable_in_two %}
{{ count_distinct_where("matching = 'shared' and linkability = 'linkable' and agency_count > 1", 'family_id') }}
{% endset %}

{{ indicator_values(
    'families_served_count', families,
    numerator=count_distinct_where("matching = 'shared'", 'family_id'),
    low=count_distinct_where("matching = 'lenient'", 'family_id'),
    high=count_distinct_where("matching = 'strict'", 'family_id'),
    breakdowns=['linkability']
) }}

union all

{{ indicator_values(
    'persons_served_count', ref('int_services_by_interval'),
    numerator=count_distinct_where('is_served', 'person_id_shared'),
    low=count_distinct_where('is_served_lenient', 'person_id_lenient'),
    high=count_distinct_where('is_served_strict', 'person_id_strict'),
    breakdowns=['age_band', 'linkability']
) }}

union all

{{ indicator_values(
    'families_in_two_agencies_pct', families,
    numerator=linkable_in_two, denominator=linkable, value=percent(linkable_in_two, linkable),
    breakdowns=[], programs=false
) }}
