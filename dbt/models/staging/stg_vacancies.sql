{{ latest_rows(
    'accepted', 'vacancies', key=['vacancy_id_agency'],
    columns=[
        "vacancy_id_agency",
        "coalesce(program_code, 'not_stated') as program_id",
        "opened_date",
        "filled_date"
    ]
) }}
