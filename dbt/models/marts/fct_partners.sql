select
    agency_id, partner_id, partner_name, sector_code, is_indigenous, is_francophone, is_core_at_table,
    active_from, active_to, agenda_signed_date, agenda_ends_date, named_publicly, publication_approver,
    publication_approved_date, _submission_id
from {{ ref('stg_partners') }}
