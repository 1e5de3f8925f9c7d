{{ latest_rows(
    'accepted', 'decisions', key=['decision_id'],
    columns=[
        "decision_id",
        "decision_date",
        "body_code",
        "cited_indicators"
    ]
) }}
