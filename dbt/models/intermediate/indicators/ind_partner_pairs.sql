{% set no_slices = {'agencies': false, 'zones': false, 'programs': false} %}

with pairs as (
    select 'wave' as interval_kind, * from {{ ref('int_partner_pairs') }}
),

stages as (
    select
        pairs.*,
        labels.code as stage_code,
        pairs.stage = {{ stage_number('labels.code') }} as is_at_stage
    from pairs
    cross join {{ source('reference', 'labels') }} as labels
    where labels.kind = 'stage' and labels.code <> 'unknown' and pairs.is_rated_by_both
),

stages_named as (
    select interval_kind, interval_start, interval_end, stage_code as stage, is_at_stage from stages
),

ratings as (
    select
        'wave' as interval_kind,
        waves.interval_start,
        waves.interval_end,
        ratings.rater_partner_id,
        ratings.rated_partner_id,
        {{ known('ratings.dimension_code') }} as dimension,
        {{ stage_number('ratings.stage_now') }} as stage_now,
        {{ stage_number('ratings.stage_wanted') }} as stage_wanted
    from {{ ref('stg_partnership_ratings') }} as ratings
    inner join {{ source('reference', 'wave_intervals') }} as waves
        on ratings.wave_id = waves.wave_id
        and waves.interval_kind = 'wave'
    where ratings.rater_partner_id <> ratings.rated_partner_id
),

both_rated as (
    select
        ours.interval_kind,
        ours.interval_start,
        ours.interval_end,
        ours.dimension,
        ours.stage_now = theirs.stage_now as is_agreed
    from ratings as ours
    inner join ratings as theirs
        on ours.interval_start = theirs.interval_start
        and ours.rater_partner_id = theirs.rated_partner_id
        and ours.rated_partner_id = theirs.rater_partner_id
        and ours.dimension = theirs.dimension
        and ours.rater_partner_id < theirs.rater_partner_id
    where ours.stage_now is not null and theirs.stage_now is not null
),

gaps as (
    select *, greatest(0, stage_wanted - stage_now) as stages_wanted_more
    from ratings
    where stage_now is not null and stage_wanted is not null
)

{{ indicator_values(
    'pairs_at_stage_pct', 'stages_named', numerator=count_where('is_at_stage'), denominator='count(*)',
    value=percent(count_where('is_at_stage'), 'count(*)'), breakdowns=['stage'], total=false, **no_slices
) }}

union all

{% set both = count_where('is_rated_by_both') %}
{% set collaborating = count_where('is_rated_by_both and stage >= 4') %}
{{ indicator_values(
    'pairs_collaborating_pct', 'pairs', numerator=collaborating, denominator=both, value=percent(collaborating, both),
    breakdowns=[], **no_slices
) }}

union all

{{ indicator_values(
    'pairs_one_sided_count', 'pairs', numerator=count_where('not is_rated_by_both'), breakdowns=[], **no_slices
) }}

union all

{{ indicator_values(
    'pairs_agree_pct', 'both_rated', numerator=count_where('is_agreed'), denominator='count(*)',
    value=percent(count_where('is_agreed'), 'count(*)'), breakdowns=['dimension'], **no_slices
) }}

union all

{{ indicator_values(
    'integration_gap_mean', 'gaps', numerator='avg(stages_wanted_more)', denominator='count(*)',
    breakdowns=['dimension'], **no_slices
) }}

union all

{{ indicator_values(
    'declared_but_no_exchange_count', 'pairs',
    numerator=count_where('is_comparable and is_rated_by_both and stage >= 4 and not has_exchange'),
    breakdowns=[], **no_slices
) }}

union all

{{ indicator_values(
    'exchange_not_declared_count', 'pairs',
    numerator=count_where('is_comparable and is_rated_by_both and stage < 4 and has_exchange'),
    breakdowns=[], **no_slices
) }}
