{{ latest_rows(
    'accepted', 'situation_services', key=['situation_id', 'service_kind', 'partner_id'],
    columns=[
        "situation_id",
        "service_kind",
        "partner_id",
        "intervention_date",
        "culturally_appropriate"
    ]
) }}
