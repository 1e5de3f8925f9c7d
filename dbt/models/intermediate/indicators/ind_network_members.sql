{% set no_slices = {'agencies': false, 'zones': false, 'programs': false} %}

with organisations as (
    select * from {{ ref('int_network_organisations') }}
),

present as (
    select distinct interval_kind, interval_start, interval_end, network, sector_code
    from organisations
    where is_expected
),

counted as (
    select distinct interval_kind, interval_start, interval_end, network from organisations
),

-- Every expected sector of the networks that were counted in the interval.
sectors as (
    select
        counted.interval_kind,
        counted.interval_start,
        counted.interval_end,
        counted.network,
        present.sector_code is not null as is_present
    from counted
    inner join {{ source('reference', 'network_sectors') }} as expected on counted.network = expected.network_id
    left join present
        on counted.interval_kind = present.interval_kind
        and counted.interval_start = present.interval_start
        and counted.network = present.network
        and expected.sector_code = present.sector_code
),

waves as (
    select
        interval_kind,
        interval_start,
        interval_end,
        row_number() over (order by interval_start) as wave_number
    from organisations
    where interval_kind = 'wave'
    group by interval_kind, interval_start, interval_end
),

-- Organisations of the first wave, in the interval of the later one.
retained as (
    select
        later.interval_kind,
        later.interval_start,
        later.interval_end,
        first_wave.network,
        still_there.organisation_id is not null as is_retained
    from organisations as first_wave
    inner join waves as earlier
        on first_wave.interval_kind = earlier.interval_kind
        and first_wave.interval_start = earlier.interval_start
        and earlier.wave_number = 1
    inner join waves as later on later.wave_number > 1
    -- Of a network without a list in the later wave nobody knows who stayed.
    inner join counted
        on later.interval_kind = counted.interval_kind
        and later.interval_start = counted.interval_start
        and first_wave.network = counted.network
    left join organisations as still_there
        on later.interval_kind = still_there.interval_kind
        and later.interval_start = still_there.interval_start
        and first_wave.network = still_there.network
        and first_wave.organisation_id = still_there.organisation_id
),

shares as (
    select
        interval_kind,
        interval_start,
        interval_end,
        network,
        sector_code,
        count(*) as organisations_count,
        1.0 * count(*) / sum(count(*)) over (partition by interval_kind, interval_start, network) as share
    from organisations
    where is_expected
    group by interval_kind, interval_start, interval_end, network, sector_code
),

sectors_expected as (
    select network_id, 1.0 * count(*) as sectors_count
    from {{ source('reference', 'network_sectors') }}
    group by network_id
),

diversity as (
    select
        shares.interval_kind,
        shares.interval_start,
        shares.interval_end,
        shares.network,
        round(
            (1 - {{ exact_sum('shares.share * shares.share') }}) / (1 - 1 / sectors_expected.sectors_count), 12
        ) as diversity_index
    from shares
    inner join sectors_expected on shares.network = sectors_expected.network_id
    where sectors_expected.sectors_count > 1
    group by
        shares.interval_kind, shares.interval_start, shares.interval_end, shares.network, sectors_expected.sectors_count
)

{{ indicator_values(
    'sectors_present_pct', 'sectors', numerator=count_where('is_present'), denominator='count(*)',
    value=percent(count_where('is_present'), 'count(*)'), breakdowns=['network'], **no_slices
) }}

union all

{{ indicator_values(
    'network_retention_pct', 'retained', numerator=count_where('is_retained'), denominator='count(*)',
    value=percent(count_where('is_retained'), 'count(*)'), breakdowns=['network'], **no_slices
) }}

union all

{{ indicator_values(
    'network_diversity_index', 'diversity', numerator=exact_mean('diversity_index'), denominator='count(*)',
    breakdowns=['network'], **no_slices
) }}
