select agency_id, name_en, name_fr, sector, sector_en, sector_fr, datasets, language
from {{ source('reference', 'agencies') }}
