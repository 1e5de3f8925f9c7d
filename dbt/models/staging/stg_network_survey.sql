{{ latest_rows(
    'accepted', 'network_survey', key=['wave_code', 'network_code', 'answer_id', 'question_code'],
    columns=[
        "wave_code as wave_id",
        "network_code as network_id",
        "answer_id",
        "question_code",
        "sector_code",
        "answer_code"
    ]
) }}
