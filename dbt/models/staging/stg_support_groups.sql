{{ latest_rows(
    'accepted', 'support_groups', key=['group_id_agency'],
    columns=[
        "group_id_agency",
        "coalesce(nullif(zone_code, 'unmapped'), 'unknown') as zone_id",
        "opened_date",
        "closed_date"
    ]
) }}
