-- An agency that the register of partners does not name publicly, or whose data an Indigenous community has not
-- approved for publication, is counted in the totals and has no rows of its own among the public tables.
with partners as (
    select
        partner_id,
        max(case when named_publicly = 'no' then 1 else 0 end) = 1 as is_unnamed,
        max(case when is_indigenous = 'yes' and publication_approved_date is null then 1 else 0 end) = 1
            as is_not_approved
    from {{ ref('stg_partners') }}
    group by partner_id
)

select
    agencies.agency_id, agencies.name_en, agencies.name_fr, agencies.sector, agencies.sector_en, agencies.sector_fr,
    agencies.datasets, agencies.language,
    not coalesce(partners.is_unnamed or partners.is_not_approved, false) as is_public
from {{ source('reference', 'agencies') }} as agencies
left join partners on agencies.agency_id = partners.partner_id
