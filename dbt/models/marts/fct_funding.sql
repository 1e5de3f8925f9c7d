select
    agency_id, funding_id, fiscal_year_start, amount, source_kind, is_aligned, partner_id, _submission_id
from {{ ref('stg_funding') }}
