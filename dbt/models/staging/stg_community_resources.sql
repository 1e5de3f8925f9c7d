{{ latest_rows(
    'accepted', 'community_resources', key=['resource_id_agency'],
    columns=[
        "resource_id_agency",
        "coalesce(nullif(zone_code, 'unmapped'), 'unknown') as zone_id",
        "created_date",
        "public_cost"
    ]
) }}
