{{ latest_rows(
    'accepted', 'funding', key=['funding_id'],
    columns=[
        "funding_id",
        "fiscal_year_start",
        "amount",
        "source_kind",
        "is_aligned",
        "partner_id"
    ]
) }}
