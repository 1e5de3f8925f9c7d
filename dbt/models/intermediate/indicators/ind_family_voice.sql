with items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        voices.agency_id,
        {{ known('voices.question_code') }} as question,
        coalesce(groups.code_group = 'agree', false) as is_agreeing
    from {{ ref('stg_family_voice') }} as voices
    left join {{ source('reference', 'code_groups') }} as groups
        on groups.dataset = 'family_voice'
        and groups."column" = 'answer_code'
        and voices.answer_code = groups.code
    {{ join_intervals_of('voices.answer_date') }}
    where voices.answer_code not in ('no_answer', 'unmapped')
)

{{ indicator_values(
    'family_voice_agree_pct', 'items', numerator=count_where('is_agreeing'), denominator='count(*)',
    value=percent(count_where('is_agreeing'), 'count(*)'), families=count_where('is_agreeing'),
    breakdowns=['question'], total=false
) }}
