with enrolments as (
    select
        *,
        row_number() over (
            order by entry_date desc, exit_date desc nulls first, agency_id asc, enrolment_id_agency asc
        ) as recency
    from {{ ref('int_enrolments__person_attached') }}
),

active as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        enrolments.*,
        -- Age on the later of the entry and the first day of the interval.
        case
            when enrolments.entry_date > intervals.interval_start then enrolments.age_band_at_entry
            else coalesce(bands.age_band, 'unknown')
        end as age_band
    from {{ source('reference', 'intervals') }} as intervals
    inner join enrolments
        on enrolments.entry_date <= intervals.interval_end
        and coalesce(enrolments.exit_date, intervals.interval_end) >= intervals.interval_start
    left join {{ source('identity', 'person_age_bands') }} as bands
        on enrolments.person_id_shared = bands.person_id_shared
        and intervals.interval_start >= bands.from_month
        and intervals.interval_start < bands.to_month
),

-- The latest entry of each person in each slice; it may differ between all, an agency and a programme. That of a shared
-- person is that of one of the persons into which strict matching splits it, and a lenient person's a shared one's.
entries as (
    {% for level, slice in {'all': [], 'agency': ['agency_id'], 'program': ['agency_id', 'program_id']}.items() %}
    {% set outer_loop = loop %}
    {% for matching in ['strict', 'shared', 'lenient'] %}
    select
        '{{ level }}' as slice_level,
        '{{ matching }}' as matching,
        interval_kind,
        interval_start,
        min(recency) as recency
    from active
    group by {{ (['interval_kind', 'interval_start', 'person_id_' ~ matching] + slice) | join(', ') }}
    {{ 'union all' if not (loop.last and outer_loop.last) }}
    {% endfor %}
    {% endfor %}
),

latest as (
    select
        slice_level,
        interval_kind,
        interval_start,
        recency,
        max(case when matching = 'shared' then 1 else 0 end) = 1 as is_latest,
        max(case when matching = 'lenient' then 1 else 0 end) = 1 as is_latest_lenient
    from entries
    group by slice_level, interval_kind, interval_start, recency
),

aged as (
    select
        active.*,
        latest.slice_level,
        latest.is_latest,
        latest.is_latest_lenient,
        case
            when bands.is_adult is null then 'unknown'
            when bands.is_adult then 'adult'
            else 'child'
        end as age_group
    from latest
    inner join active
        on latest.interval_kind = active.interval_kind
        and latest.interval_start = active.interval_start
        and latest.recency = active.recency
    left join {{ source('reference', 'age_bands') }} as bands on active.age_band = bands.age_band
),

-- The type of a household comes from all its active members at the agency, wherever their latest entry is. A household
-- in which only strict matching sees somebody has the type of those.
household_members as (
    select
        *,
        case when slice_level = 'program' then program_id end as household_program_id,
        max(case when is_latest then 1 else 0 end) over (
            partition by
                slice_level, interval_kind, interval_start, agency_id, household_id_agency,
                case when slice_level = 'program' then program_id end
        ) = 1 as is_seen
    from aged
    where slice_level <> 'all'
),

household_types as (
    select
        slice_level,
        interval_kind,
        interval_start,
        agency_id,
        household_id_agency,
        household_program_id,
        case
            when sum(case when age_group = 'adult' then 0 else 1 end) = 0 then 'without_children'
            when sum(case when age_group = 'adult' then 1 else 0 end) > 0
                and sum(case when age_group = 'child' then 1 else 0 end) > 0 then 'with_children_and_adults'
            when sum(case when age_group = 'child' then 0 else 1 end) = 0 then 'with_only_children'
            else 'unknown'
        end as household_type
    from household_members
    where is_latest or not is_seen
    group by slice_level, interval_kind, interval_start, agency_id, household_id_agency, household_program_id
)

select
    aged.slice_level,
    aged.interval_kind,
    aged.interval_start,
    aged.interval_end,
    aged.agency_id,
    aged.program_id,
    aged.zone_id,
    aged.person_id_shared,
    aged.person_family_id,
    aged.person_id_strict,
    aged.person_id_lenient,
    aged.is_latest,
    aged.is_latest_lenient,
    aged.age_band,
    aged.age_group,
    household_types.household_type,
    aged.is_head,
    -- No breakdown column may be null: null means all.
    coalesce(aged.destination_group, 'still_enrolled') as destination_group,
    coalesce(aged.exit_date <= aged.interval_end, false) as is_leaver,
    case
        when aged.exit_date <= aged.interval_end
            then {{ dbt.datediff('aged.entry_date', 'aged.exit_date', 'day') }}
        else {{ dbt.datediff('aged.entry_date', 'aged.interval_end', 'day') }} + 1
    end as days_of_stay
from aged
inner join household_types
    on household_types.slice_level = case aged.slice_level when 'program' then 'program' else 'agency' end
    and aged.interval_kind = household_types.interval_kind
    and aged.interval_start = household_types.interval_start
    and aged.agency_id = household_types.agency_id
    and aged.household_id_agency = household_types.household_id_agency
    and coalesce(household_types.household_program_id, aged.program_id) = aged.program_id
