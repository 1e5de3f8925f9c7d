{{ latest_rows(
    'accepted', 'staffing', key=['program_code', 'month_date'],
    columns=[
        "coalesce(program_code, 'not_stated') as program_id",
        "month_date",
        "fte_total",
        "fte_with_cases",
        "headcount",
        "departures_count",
        "vacancies_count"
    ]
) }}
