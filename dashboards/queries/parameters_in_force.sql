select
    parameter_id,
    value,
    unit,
    meaning_en,
    meaning_fr
from parameters
order by parameter_id
