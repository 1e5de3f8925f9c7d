{{ latest_rows(
    'accepted', 'meetings', key=['meeting_id', 'partner_id'],
    columns=[
        "meeting_id",
        "partner_id",
        "meeting_date",
        "meeting_kind",
        "attendee_count"
    ]
) }}
