{{ latest_rows(
    'accepted', 'populations', key=['population_code', 'zone_code', 'counted_date'],
    columns=[
        "population_code",
        "coalesce(nullif(zone_code, 'unmapped'), 'unknown') as zone_id",
        "counted_date",
        "families_count",
        "source_name"
    ]
) }}
