{% set no_zones = {'agencies': false, 'zones': false, 'programs': false} %}

with presented as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        situations.threshold,
        coalesce(situations.presented_before = 'yes', false) as is_presented_before
    from {{ ref('stg_situations') }} as situations
    {{ join_intervals_of('situations.presented_date') }}
),

closed as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        situations.zone_id,
        coalesce(groups.code_group = 'connected', false) as is_connected
    from {{ ref('stg_situations') }} as situations
    left join {{ source('reference', 'code_groups') }} as groups
        on groups.dataset = 'situations'
        and groups."column" = 'closure_reason'
        and situations.closure_reason = groups.code
    {{ join_intervals_of('situations.closed_date') }}
    where situations.threshold = 'met' and coalesce(groups.code_group, '') <> 'excluded'
),

accepted as (
    select
        intervals.interval_kind,
        intervals.interval_start,
        intervals.interval_end,
        situations.agency_id,
        situations.situation_id
    from {{ ref('stg_situations') }} as situations
    {{ join_intervals_of('cast(situations.accepted_at as date)') }}
    where situations.threshold = 'met'
),

-- Each accepted situation stands against every category of risk.
risks as (
    select
        accepted.interval_kind,
        accepted.interval_start,
        accepted.interval_end,
        concat(accepted.agency_id, '|', accepted.situation_id) as situation,
        labels.code as risk_category,
        factors.situation_id is not null as is_present
    from accepted
    cross join {{ source('reference', 'labels') }} as labels
    left join {{ ref('stg_situation_factors') }} as factors
        on accepted.agency_id = factors.agency_id
        and accepted.situation_id = factors.situation_id
        and labels.code = factors.risk_category
    where labels.kind = 'risk_category' and labels.code not in ('unknown', 'not_collected')
)

{{ indicator_values(
    'situations_presented_count', 'presented', numerator='count(*)', families='count(*)', breakdowns=[], **no_zones
) }}

union all

{{ indicator_values(
    'situations_presented_before_count', 'presented', numerator=count_where('is_presented_before'),
    families=count_where('is_presented_before'), breakdowns=[], **no_zones
) }}

union all

{{ indicator_values(
    'situations_accepted_pct', 'presented', numerator=count_where("threshold = 'met'"), denominator='count(*)',
    value=percent(count_where("threshold = 'met'"), 'count(*)'), families=count_where("threshold = 'met'"),
    breakdowns=[], **no_zones
) }}

union all

{{ indicator_values(
    'situations_connected_pct', 'closed', numerator=count_where('is_connected'), denominator='count(*)',
    value=percent(count_where('is_connected'), 'count(*)'), families=count_where('is_connected'), breakdowns=[],
    agencies=false, programs=false
) }}

union all

{{ indicator_values(
    'risk_factor_prevalence_pct', 'risks', numerator=count_where('is_present'), denominator='count(*)',
    value=percent(count_where('is_present'), 'count(*)'), families=count_distinct_where('is_present', 'situation'),
    breakdowns=['risk_category'], total=false, **no_zones
) }}
