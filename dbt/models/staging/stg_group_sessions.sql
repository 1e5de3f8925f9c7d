{{ latest_rows(
    'accepted', 'group_sessions', key=['group_id_agency', 'session_date'],
    columns=[
        "group_id_agency",
        "session_date",
        "adults_count",
        "children_count",
        "champion_led"
    ]
) }}
