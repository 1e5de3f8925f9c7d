{% set levels = {'all': [], 'agency': ['agency_id'], 'program': ['agency_id', 'program_id']} %}

with enrolments as (
    select
        families.family_id,
        zones.zone_id,
        enrolments.agency_id,
        enrolments.program_id,
        enrolments.entry_date,
        nullif(enrolments.entry_point, 'not_collected') as entry_point,
        enrolments.first_need,
        enrolments.second_need,
        enrolments.third_need
    from {{ ref('int_enrolments__person_attached') }} as enrolments
    inner join {{ ref('int_families__matched') }} as families
        on enrolments.person_id_shared = families.person_id
        and families.matching = 'shared'
    inner join {{ ref('int_family_zones') }} as zones on families.family_id = zones.family_id
),

-- A family enters once: on its first day anywhere, at an agency, in a programme. Members may enter together.
firsts as (
    {% for level, slice in levels.items() %}
    select
        '{{ level }}' as slice_level,
        family_id,
        {{ 'agency_id' if 'agency_id' in slice else "''" }} as slice_agency_id,
        {{ 'program_id' if 'program_id' in slice else "''" }} as slice_program_id,
        min(entry_date) as entry_date
    from enrolments
    group by {{ (['family_id'] + slice) | join(', ') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

entering as (
    select
        firsts.slice_level,
        firsts.entry_date,
        enrolments.family_id,
        enrolments.zone_id,
        enrolments.agency_id,
        enrolments.program_id,
        enrolments.entry_point,
        enrolments.first_need,
        enrolments.second_need,
        enrolments.third_need
    from firsts
    inner join enrolments
        on firsts.family_id = enrolments.family_id
        and firsts.entry_date = enrolments.entry_date
        and firsts.slice_agency_id in ('', enrolments.agency_id)
        and firsts.slice_program_id in ('', enrolments.program_id)
),

doors as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        entering.*
    from entering
    {{ join_intervals_of('entering.entry_date') }}
    where entering.entry_point is not null
),

needs as (
    {% for column in ['first_need', 'second_need', 'third_need'] %}
    select slice_level, entry_date, family_id, zone_id, agency_id, program_id, {{ known(column) }} as need
    from entering
    where {{ column }} <> 'not_collected'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Each family that enters with any need stands against every need.
needs_asked as (
    select distinct
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        needs.slice_level,
        needs.family_id,
        needs.zone_id,
        needs.agency_id,
        needs.program_id,
        labels.code as need,
        needs.need = labels.code as has_need
    from needs
    {{ join_intervals_of('needs.entry_date') }}
    cross join {{ source('reference', 'labels') }} as labels
    where labels.kind = 'need'
        and labels.code <> 'not_collected'
        and (labels.code <> 'unknown' or labels.code in (select any_need.need from needs as any_need))
)

{% set by_single_door = count_distinct_where("entry_point = 'single_door'", 'family_id') %}
{{ indicator_values(
    'single_entry_pct', 'doors', numerator=by_single_door, denominator='count(distinct family_id)',
    value=percent(by_single_door, 'count(distinct family_id)'), families=by_single_door, breakdowns=[],
    levels=true
) }}

union all

{% set with_need = count_distinct_where('has_need', 'family_id') %}
{{ indicator_values(
    'need_prevalence_pct', 'needs_asked', numerator=with_need, denominator='count(distinct family_id)',
    value=percent(with_need, 'count(distinct family_id)'), families=with_need, breakdowns=['need'],
    total=false, levels=true
) }}
