select as_of, first_month, initiative_name_en, initiative_name_fr, contact
from {{ source('reference', 'build') }}
