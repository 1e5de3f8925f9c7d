{{ latest_rows(
    'accepted', 'situation_factors', key=['situation_id', 'risk_category'],
    columns=[
        "situation_id",
        "risk_category"
    ]
) }}
