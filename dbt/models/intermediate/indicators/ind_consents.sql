-- The latest answer to the agency by the interval's end holds, until it ends. A person known to two agencies is asked
-- by each and counts at each.
with answers as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        consents.agency_id,
        consents.person_id_shared,
        consents.consent_answer = 'yes'
        and coalesce(consents.ends_date, intervals.interval_end) >= intervals.interval_end
            as is_consenting,
        row_number() over (
            partition by
                intervals.interval_kind, intervals.interval_start, consents.agency_id, consents.person_id_shared
            order by consents.answered_date desc, consents.consent_answer asc
        ) as recency
    from {{ ref('int_consents__person_attached') }} as consents
    inner join {{ source('reference', 'intervals') }} as intervals on consents.answered_date <= intervals.interval_end
    where consents.consent_kind = 'share_information' and consents.consent_answer not in ('not_collected', 'unmapped')
),

served as (
    select distinct
        services.interval_kind,
        services.interval_start,
        services.interval_end,
        services.agency_id,
        services.person_id_shared,
        services.person_family_id
    from {{ ref('int_services_by_interval') }} as services
    inner join {{ source('reference', 'agencies') }} as agencies on services.agency_id = agencies.agency_id
    where services.is_served and {{ list_holds('agencies.datasets', "'consents'") }}
),

items as (
    select
        served.*,
        coalesce(answers.is_consenting, false) as is_consenting
    from served
    left join answers
        on served.interval_kind = answers.interval_kind
        and served.interval_start = answers.interval_start
        and served.agency_id = answers.agency_id
        and served.person_id_shared = answers.person_id_shared
        and answers.recency = 1
)

{{ indicator_values(
    'consent_to_share_pct', 'items', numerator=count_where('is_consenting'), denominator='count(*)',
    value=percent(count_where('is_consenting'), 'count(*)'), families=families_behind('is_consenting'),
    breakdowns=[], zones=false, programs=false
) }}
