{{ latest_rows(
    'accepted', 'table_sessions', key=['session_id', 'partner_id'],
    columns=[
        "session_id",
        "partner_id",
        "session_date",
        "was_held",
        "attended"
    ]
) }}
