-- Partners who agree to be named, by sector
select
    -- A partner that sends data has the name of its agency, in each language
    coalesce(agencies.name_en, partners.partner_name) as name_en,
    coalesce(agencies.name_fr, partners.partner_name) as name_fr,
    coalesce(sectors.label_en, partners.sector_code) as sector_en,
    coalesce(sectors.label_fr, partners.sector_code) as sector_fr
from partners
left join agencies on partners.partner_name in (agencies.name_en, agencies.name_fr)
left join labels as sectors on sectors.kind = 'sector' and partners.sector_code = sectors.code
where partners.partner_name is not null
order by sectors.sort_order, partners.sector_code, partners.partner_name
