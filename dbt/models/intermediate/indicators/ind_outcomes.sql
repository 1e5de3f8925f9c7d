{% set improved = 'sum(case when is_improved then 1 else 0 end)' %}

{{ indicator_values(
    'outcome_improved_pct', ref('int_score_changes_by_interval'),
    numerator=improved, denominator='count(*)', value=percent(improved, 'count(*)'),
    families=families_behind('is_improved'), breakdowns=['instrument'], total=false
) }}
