{% set matured = 'sum(case when is_matured then 1 else 0 end)' %}
{% set closed = 'sum(case when is_matured and is_closed_in_window then 1 else 0 end)' %}
{% set started = 'sum(case when is_matured and is_service_started_in_window then 1 else 0 end)' %}

{{ indicator_values(
    'referrals_made_count', ref('int_referrals_by_interval'), numerator='count(*)',
    families=families_behind('true'), breakdowns=['age_band', 'sector']
) }}

union all

{{ indicator_values(
    'referrals_between_partners_pct', ref('int_referrals_by_interval'), numerator=count_where('is_to_partner'),
    denominator='count(*)', value=percent(count_where('is_to_partner'), 'count(*)'),
    families=families_behind('is_to_partner'), breakdowns=['sector']
) }}

union all

{% set line_matured = count_where('is_line_referral_matured') %}
{% set is_line_started = 'is_line_referral_matured and is_service_started_in_line_limit' %}
{% set line_started = count_where(is_line_started) %}
{{ indicator_values(
    'line_referral_to_service_30d_pct', ref('int_referrals_by_interval'), numerator=line_started,
    denominator=line_matured, value=percent(line_started, line_matured),
    families=families_behind(is_line_started), breakdowns=[]
) }}

union all

{{ indicator_values(
    'referrals_closed_loop_pct', ref('int_referrals_by_interval'),
    numerator=closed, denominator=matured, value=percent(closed, matured),
    families=families_behind('is_matured and is_closed_in_window'), breakdowns=['age_band']
) }}

union all

{{ indicator_values(
    'referrals_service_started_pct', ref('int_referrals_by_interval'),
    numerator=started, denominator=matured, value=percent(started, matured),
    families=families_behind('is_matured and is_service_started_in_window')
) }}

union all

{{ indicator_values(
    'referral_days_to_service_median', ref('int_referrals_by_interval'),
    numerator=median_of('case when is_matured and is_service_started then days_to_outcome end'),
    denominator='sum(case when is_matured and is_service_started then 1 else 0 end)',
    families=families_behind('is_matured and is_service_started')
) }}
