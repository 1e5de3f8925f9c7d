{{ latest_rows(
    'accepted', 'follow_ups', key=['follow_up_id_agency'],
    columns=[
        "follow_up_id_agency",
        "person_id_agency",
        "coalesce(program_code, 'not_stated') as program_id",
        "finalised_date",
        "milestone_code",
        "follow_up_date",
        "living_situation"
    ]
) }}
