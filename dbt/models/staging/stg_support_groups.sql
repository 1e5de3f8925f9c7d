{{ latest_rows(
    'accepted', 'support_groups', key=['group_id_agency'],
    columns=[
        "group_id_agency",
        "coalesce(zone_code, 'unknown') as zone_id",
        "opened_date",
        "closed_date"
    ]
) }}
