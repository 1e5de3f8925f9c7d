select
    wave_id, interval_start, interval_end, partner_id, other_partner_id, stage, is_rated_by_both, is_comparable,
    referrals_count, shared_families_count, has_exchange
from {{ ref('int_partner_pairs') }}
