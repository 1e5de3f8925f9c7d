{{ latest_rows(
    'accepted', 'partner_agreements', key=['agreement_id'],
    columns=[
        "agreement_id",
        "partner_id",
        "other_partner_id",
        "agreement_kind",
        "signed_date",
        "ended_date"
    ]
) }}
