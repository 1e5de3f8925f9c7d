-- The catalogue says from when on a value is final; the parameters say how long the rules wait.
select
    indicators.indicator_id,
    indicators.maturity_days,
    parameters.value
from {{ ref('indicators') }} as indicators
inner join {{ ref('parameters') }} as parameters
    on (
        (indicators.indicator_id like 'referral%' and parameters.parameter_id = 'referral_follow_up_days')
        or (indicators.indicator_id = 'outcome_paired_pct' and parameters.parameter_id = 'assessment_grace_days')
    )
where
    indicators.maturity_days > 0
    and indicators.maturity_days <> parameters.value
