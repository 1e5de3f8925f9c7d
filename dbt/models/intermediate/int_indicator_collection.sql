-- An agency collects an indicator when it sends one of its key datasets with the columns that the indicator cannot do
-- without. The backbone is no partner: what the partners send is not expected of it.
with indicators as (
    select * from {{ ref('indicators') }}
),

agencies as (
    select * from {{ source('reference', 'agencies') }}
),

programs as (
    select
        agency_id,
        sum(case when records_destinations then 1 else 0 end) as programs_with_destinations,
        sum(case when uses_instruments then 1 else 0 end) as programs_with_instruments,
        count(population_id) as programs_with_population
    from {{ source('reference', 'programs') }}
    group by agency_id
),

key_datasets as (
    select
        indicators.indicator_id,
        columns.agency_id,
        columns.dataset,
        count(
            distinct case
                when {{ list_holds('indicators.key_columns', "concat(columns.dataset, '.', columns.column_name)") }}
                    then concat(columns.dataset, '.', columns.column_name)
            end
        ) as key_columns_sent
    from indicators
    inner join {{ source('reference', 'agency_columns') }} as columns
        on {{ list_holds('indicators.key_datasets', 'columns.dataset') }}
    group by indicators.indicator_id, columns.agency_id, columns.dataset
),

sending as (
    select
        key_datasets.indicator_id,
        key_datasets.agency_id
    from key_datasets
    inner join indicators on key_datasets.indicator_id = indicators.indicator_id
    where indicators.key_columns is null or key_datasets.key_columns_sent > 0
    group by key_datasets.indicator_id, key_datasets.agency_id
)

select
    indicators.indicator_id,
    agencies.agency_id,
    case indicators.indicator_id
        when 'exits_to_permanent_home_pct' then coalesce(programs.programs_with_destinations, 0) > 0
        when 'exits_unknown_count' then coalesce(programs.programs_with_destinations, 0) > 0
        when 'outcome_paired_pct' then coalesce(programs.programs_with_instruments, 0) > 0
        when 'reach_pct' then agencies.sector = 'backbone' or coalesce(programs.programs_with_population, 0) > 0
        else true
    end
    and (
        sending.agency_id is not null
        or (indicators.key_datasets = 'submissions' and agencies.sector <> 'backbone')
    ) as is_collected
from indicators
cross join agencies
left join programs on agencies.agency_id = programs.agency_id
left join sending
    on indicators.indicator_id = sending.indicator_id
    and agencies.agency_id = sending.agency_id
