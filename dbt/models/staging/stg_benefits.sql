{{ latest_rows(
    'accepted', 'benefits', key=['benefit_id_agency'],
    columns=[
        "benefit_id_agency",
        "person_id_agency",
        "benefit_code",
        "screening_date",
        "eligibility",
        "eligible_date",
        "enrolled_date",
        "enrolment_source"
    ]
) }}
