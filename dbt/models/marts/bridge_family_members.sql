select family_id_shared, person_id_shared, is_head
from {{ source('identity', 'family_members') }}
