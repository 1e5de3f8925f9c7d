{{ latest_rows(
    'accepted', 'network_passages', key=['passage_id'],
    columns=[
        "passage_id",
        "wave_code as wave_id",
        "network_code as network_id",
        "theme_code",
        "factor_code"
    ]
) }}
