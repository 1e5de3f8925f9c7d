{{ latest_rows(
    'accepted', 'backbone_activities', key=['entry_id'],
    columns=[
        "entry_id",
        "entry_date",
        "activity_code",
        "evidence_kind"
    ]
) }}
