{{ latest_rows(
    'accepted', 'family_voice', key=['answer_id_agency', 'question_code'],
    columns=[
        "answer_id_agency",
        "question_code",
        "answer_date",
        "coalesce(program_code, 'not_stated') as program_id",
        "coalesce(nullif(zone_code, 'unmapped'), 'unknown') as zone_id",
        "answer_code"
    ]
) }}
