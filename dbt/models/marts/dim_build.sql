select
    build.as_of, build.first_month, build.initiative_name_en, build.initiative_name_fr, build.contact,
    cast(ledger.events_count as integer) as linkage_events_count
from {{ source('reference', 'build') }} as build
cross join {{ source('identity', 'ledger_events') }} as ledger
