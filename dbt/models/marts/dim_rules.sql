select rule_id, rule_label_en, rule_label_fr
from {{ source('reference', 'rules') }}
