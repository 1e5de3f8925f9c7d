{{ latest_rows(
    'accepted', 'consents', key=['person_id_agency', 'consent_kind', 'answered_date'],
    columns=[
        "person_id_agency",
        "consent_kind",
        "answered_date",
        "consent_answer",
        "ends_date"
    ]
) }}
