-- Partners who agree to be named, by sector
select
    partners.partner_name,
    coalesce(sectors.label_en, partners.sector_code) as sector_en,
    coalesce(sectors.label_fr, partners.sector_code) as sector_fr
from partners
left join labels as sectors on sectors.kind = 'sector' and partners.sector_code = sectors.code
where partners.partner_name is not null
order by sectors.sort_order, partners.sector_code, partners.partner_name
