select kind, code, label_en, label_fr, cast(sort_order as integer) as sort_order
from {{ source('reference', 'labels') }}
