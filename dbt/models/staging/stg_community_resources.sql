{{ latest_rows(
    'accepted', 'community_resources', key=['resource_id_agency'],
    columns=[
        "resource_id_agency",
        "coalesce(zone_code, 'unknown') as zone_id",
        "created_date",
        "public_cost"
    ]
) }}
