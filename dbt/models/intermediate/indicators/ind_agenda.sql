-- A partner counts in an interval when it is one on the interval's last day.
with items as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        partners.partner_id,
        {{ known('partners.sector_code') }} as sector,
        coalesce(
            partners.agenda_signed_date <= intervals.interval_end
            and coalesce(partners.agenda_ends_date, intervals.interval_end) >= intervals.interval_end,
            false
        ) as has_agenda
    from {{ ref('stg_partners') }} as partners
    inner join {{ source('reference', 'intervals') }} as intervals
        on partners.active_from <= intervals.interval_end
        and coalesce(partners.active_to, intervals.interval_end) >= intervals.interval_end
)

{{ indicator_values(
    'agenda_signed_pct', 'items', numerator=count_where('has_agenda'), denominator='count(*)',
    value=percent(count_where('has_agenda'), 'count(*)'), breakdowns=['sector'], agencies=false, zones=false,
    programs=false
) }}
