{{ latest_rows(
    'accepted', 'service_places', key=['service_id_agency', 'need_code', 'zone_code', 'month_date'],
    columns=[
        "service_id_agency",
        "need_code",
        "coalesce(nullif(zone_code, 'unmapped'), 'unknown') as zone_id",
        "month_date",
        "places_count",
        "places_free"
    ]
) }}
