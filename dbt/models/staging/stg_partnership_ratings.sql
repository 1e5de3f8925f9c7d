{{ latest_rows(
    'accepted', 'partnership_ratings', key=['wave_code', 'rater_partner_id', 'rated_partner_id', 'dimension_code'],
    columns=[
        "wave_code as wave_id",
        "rater_partner_id",
        "rated_partner_id",
        "dimension_code",
        "stage_now",
        "stage_wanted"
    ]
) }}
