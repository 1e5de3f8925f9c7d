-- Attaching persons neither loses a row nor doubles one.
with counts as (
    select
        'enrolments' as dataset,
        (select count(*) from {{ ref('stg_enrolments') }}) as rows_before,
        (select count(*) from {{ ref('int_enrolments__person_attached') }}) as rows_after
    union all
    select
        'contacts',
        (select count(*) from {{ ref('stg_contacts') }}),
        (select count(*) from {{ ref('int_contacts__person_attached') }})
    union all
    select
        'referrals',
        (select count(*) from {{ ref('stg_referrals') }} where direction_code = 'sent'),
        (select count(*) from {{ ref('int_referrals__matched') }})
)

select * from counts
where rows_before <> rows_after
