{% set linkable = count_distinct_where("matching = 'shared' and linkability = 'linkable'", 'family_id') %}
{% set linkable_in_two %}
{{ count_distinct_where("matching = 'shared' and linkability = 'linkable' and agency_count > 1", 'family_id') }}
{% endset %}

with persons_served as (
    select
        services.*,
        agencies.sector,
        coalesce(languages.preferred_language, 'unknown') as language
    from {{ ref('int_services_by_interval') }} as services
    inner join {{ source('reference', 'agencies') }} as agencies on services.agency_id = agencies.agency_id
    left join {{ ref('int_person_languages') }} as languages
        on services.person_id_shared = languages.person_id_shared
),

families_served as (
    select
        services.*,
        agencies.sector
    from {{ ref('int_family_services_by_interval') }} as services
    inner join {{ source('reference', 'agencies') }} as agencies on services.agency_id = agencies.agency_id
)

{{ indicator_values(
    'families_served_count', 'families_served',
    numerator=count_distinct_where("matching = 'shared'", 'family_id'),
    low=count_distinct_where("matching = 'lenient'", 'family_id'),
    high=count_distinct_where("matching = 'strict'", 'family_id'),
    families=count_distinct_where("matching = 'shared'", 'family_id'),
    breakdowns=['linkability', 'sector']
) }}

union all

{{ indicator_values(
    'persons_served_count', 'persons_served',
    numerator=count_distinct_where('is_served', 'person_id_shared'),
    low=count_distinct_where('is_served_lenient', 'person_id_lenient'),
    high=count_distinct_where('is_served_strict', 'person_id_strict'),
    families=families_behind('is_served'),
    breakdowns=['age_band', 'linkability', 'sector', 'language']
) }}

union all

{{ indicator_values(
    'families_in_two_agencies_pct', 'families_served',
    numerator=linkable_in_two, denominator=linkable, value=percent(linkable_in_two, linkable),
    families=linkable_in_two, breakdowns=[], programs=false
) }}
