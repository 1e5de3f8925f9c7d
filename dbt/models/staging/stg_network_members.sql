{{ latest_rows(
    'accepted', 'network_members', key=['network_code', 'wave_code', 'organisation_id'],
    columns=[
        "network_code as network_id",
        "wave_code as wave_id",
        "organisation_id",
        "sector_code"
    ]
) }}
