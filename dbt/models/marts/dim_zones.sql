select zone_id, name_en, name_fr, remoteness, remoteness_en, remoteness_fr, cast(zone_order as integer) as zone_order
from {{ source('reference', 'zones') }}
