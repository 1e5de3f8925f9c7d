select
    submission_id, agency_id, period_start, period_end, received_date, state, rows_in, rows_accepted, rows_quarantined
from {{ source('reference', 'submission_files') }}
