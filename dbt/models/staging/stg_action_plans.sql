{{ latest_rows(
    'accepted', 'action_plans', key=['plan_id_agency'],
    columns=[
        "plan_id_agency",
        "person_id_agency",
        "network_code as network_id",
        "plan_date",
        "organisation_count",
        "parent_took_part",
        "child_took_part"
    ]
) }}
