{#- The models that compute cells of indicators: a new one is named here and nowhere else. -#}
{% macro value_models() -%}
    {{ return([
        'ind_families', 'ind_referrals', 'ind_exits', 'ind_outcomes', 'ind_service_figures', 'ind_submissions',
        'ind_calls_and_visits', 'ind_contact_hours', 'ind_attendance', 'ind_reach', 'ind_entries', 'ind_intakes',
        'ind_needs', 'ind_follow_ups', 'ind_staffing', 'ind_vacancies', 'ind_consents', 'ind_benefits',
        'ind_support_groups', 'ind_resources', 'ind_family_voice', 'ind_community_conditions', 'ind_agenda',
        'ind_meetings', 'ind_backbone', 'ind_partner_pairs', 'ind_agreements', 'ind_network_members',
        'ind_network_views', 'ind_action_plans', 'ind_situations', 'ind_interventions', 'ind_table_sessions'
    ]) }}
{%- endmacro %}

{#- Every cell that those models compute. -#}
{% macro computed_cells() -%}
    {%- for model in value_models() %}
    select * from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
