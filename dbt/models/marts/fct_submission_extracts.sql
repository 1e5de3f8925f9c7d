select submission_id, agency_id, dataset, period_start, period_end, received_date, delivers, state
from {{ source('reference', 'submission_extracts') }}
