-- Where the threshold was not met, only the count is kept, whatever the row holds besides.
{{ latest_rows(
    'accepted', 'situations', key=['situation_id'],
    columns=[
        "situation_id",
        "presented_date",
        "presented_before",
        "threshold",
        "case when threshold <> 'not_met' then coalesce(nullif(zone_code, 'unmapped'), 'unknown') else 'unknown' end as zone_id",
        "case when threshold <> 'not_met' then presented_by end as presented_by",
        "case when threshold <> 'not_met' then accepted_at end as accepted_at",
        "case when threshold <> 'not_met' then first_intervention_at end as first_intervention_at",
        "case when threshold <> 'not_met' then closed_date end as closed_date",
        "case when threshold <> 'not_met' then closure_reason end as closure_reason"
    ]
) }}
