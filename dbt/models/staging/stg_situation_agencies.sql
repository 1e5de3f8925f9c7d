{{ latest_rows(
    'accepted', 'situation_agencies', key=['situation_id', 'intervention_date', 'partner_id'],
    columns=[
        "situation_id",
        "intervention_date",
        "partner_id",
        "role_code"
    ]
) }}
