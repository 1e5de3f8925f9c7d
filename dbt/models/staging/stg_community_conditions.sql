{{ latest_rows(
    'accepted', 'community_conditions', key=['measure_code', 'zone_code', 'period_start'],
    columns=[
        "measure_code",
        "zone_code as zone_id",
        "period_start",
        "period_end",
        "measure_value",
        "population_count",
        "source_name"
    ]
) }}
