{{ latest_rows(
    'accepted', 'systemic_gaps', key=['gap_id'],
    columns=[
        "gap_id",
        "recorded_date",
        "gap_kind",
        "action_date"
    ]
) }}
