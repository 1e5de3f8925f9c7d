select
    agency_id, agreement_id, partner_id, other_partner_id, agreement_kind, signed_date, ended_date,
    _submission_id
from {{ ref('stg_partner_agreements') }}
