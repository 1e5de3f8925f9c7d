-- Partners of today that agreed to be named; of Indigenous organisations their own governance must have approved.
select
    partners.partner_id,
    partners.partner_name,
    partners.sector_code
from {{ ref('stg_partners') }} as partners
cross join {{ source('reference', 'build') }} as build
where partners.named_publicly = 'yes'
    and partners.partner_name is not null
    and (partners.is_indigenous <> 'yes' or partners.publication_approved_date <= build.as_of)
    and partners.active_from <= build.as_of
    and coalesce(partners.active_to, build.as_of) >= build.as_of
