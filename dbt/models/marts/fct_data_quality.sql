select agency_id, dataset, period_start, rule_id, severity, findings_count
from {{ source('reference', 'finding_counts') }}
