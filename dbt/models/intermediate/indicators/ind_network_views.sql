{% set no_slices = {'agencies': false, 'zones': false, 'programs': false} %}

-- Each wave asks whoever is there: a cross-section, so that nobody is followed from one wave to the other.
with answers as (
    select
        waves.interval_kind,
        waves.interval_start,
        waves.interval_end,
        {{ known('survey.network_id') }} as network,
        coalesce(groups.code_group = 'agree', false) as is_agreeing
    from {{ ref('stg_network_survey') }} as survey
    inner join {{ source('reference', 'wave_intervals') }} as waves on survey.wave_id = waves.wave_id
    left join {{ source('reference', 'code_groups') }} as groups
        on groups.dataset = 'network_survey'
        and groups."column" = 'answer_code'
        and survey.answer_code = groups.code
    where survey.question_code = 'decisions_together'
        and survey.answer_code not in ('no_answer', 'unmapped')
),

passages as (
    select
        waves.interval_kind,
        waves.interval_start,
        waves.interval_end,
        {{ known('passages.network_id') }} as network,
        {{ known('passages.theme_code') }} as theme,
        passages.factor_code = 'facilitator' as is_facilitator
    from {{ ref('stg_network_passages') }} as passages
    inner join {{ source('reference', 'wave_intervals') }} as waves on passages.wave_id = waves.wave_id
    where passages.factor_code in ('facilitator', 'barrier')
)

{{ indicator_values(
    'decisions_shared_pct', 'answers', numerator=count_where('is_agreeing'), denominator='count(*)',
    value=percent(count_where('is_agreeing'), 'count(*)'), families=count_where('is_agreeing'),
    breakdowns=['network'], **no_slices
) }}

union all

{{ indicator_values(
    'facilitators_share_pct', 'passages', numerator=count_where('is_facilitator'), denominator='count(*)',
    value=percent(count_where('is_facilitator'), 'count(*)'), families=count_where('is_facilitator'),
    breakdowns=['theme', 'network'], **no_slices
) }}
