{{ latest_rows(
    'accepted', 'populations', key=['population_code', 'zone_code', 'counted_date'],
    columns=[
        "population_code",
        "coalesce(zone_code, 'unknown') as zone_id",
        "counted_date",
        "families_count",
        "source_name"
    ]
) }}
