{{ latest_rows(
    'accepted', 'situations', key=['situation_id'],
    columns=[
        "situation_id",
        "presented_date",
        "presented_before",
        "threshold",
        "coalesce(nullif(zone_code, 'unmapped'), 'unknown') as zone_id",
        "presented_by",
        "accepted_at",
        "first_intervention_at",
        "closed_date",
        "closure_reason"
    ]
) }}
