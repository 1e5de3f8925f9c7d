with contacts as (
    select
        contacts.agency_id,
        contacts.contact_id_agency,
        contacts.program_id,
        contacts.zone_id,
        contacts.contact_mode,
        contacts.person_id_shared,
        contacts.duration_minutes,
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end
    from {{ ref('int_contacts__person_attached') }} as contacts
    {{ join_intervals_of('contacts.contact_date') }}
    where contacts.is_delivered
),

-- Minutes stand on rows of their own: a child of two homes would bring them twice.
items as (
    select
        interval_kind,
        interval_start,
        interval_end,
        agency_id,
        program_id,
        zone_id,
        {{ known("coalesce(contact_mode, 'not_collected')") }} as mode,
        duration_minutes,
        cast(null as {{ dbt.type_string() }}) as family_id
    from contacts

    union all

    select
        contacts.interval_kind,
        contacts.interval_start,
        contacts.interval_end,
        contacts.agency_id,
        contacts.program_id,
        contacts.zone_id,
        {{ known("coalesce(contacts.contact_mode, 'not_collected')") }} as mode,
        cast(null as double) as duration_minutes,
        families.family_id
    from contacts
    inner join {{ ref('int_families__matched') }} as families
        on contacts.person_id_shared = families.person_id
        and families.matching = 'shared'
)

{% set hours = exact_sum('duration_minutes') ~ ' / 60.0' %}
{{ indicator_values(
    'contact_hours_per_family', 'items', numerator=hours, denominator='count(distinct family_id)',
    value=hours ~ ' / nullif(count(distinct family_id), 0)', families='count(distinct family_id)', breakdowns=['mode']
) }}
