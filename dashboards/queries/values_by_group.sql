-- One indicator in the latest complete interval of each kind, by agency, programme, zone and breakdown
with latest as (
    select *
    from indicator_values
    where
        indicator_id = '${params.indicator_id}'
        and interval_end <= (select as_of from publication)
    qualify rank() over (partition by interval_kind order by interval_start desc) = 1
)

select
    latest.*,
    case
        when latest.breakdown_kind is not null then latest.breakdown_kind
        when latest.program_id is not null then 'program'
        when latest.zone_id is not null then 'zone'
        else 'agency'
    end as slice,
    coalesce(kinds.label_en, latest.breakdown_kind) as slice_en,
    coalesce(kinds.label_fr, latest.breakdown_kind) as slice_fr,
    case when latest.program_id is not null then agencies.name_en end as owner_en,
    case when latest.program_id is not null then agencies.name_fr end as owner_fr,
    coalesce(codes.label_en, latest.breakdown_code, programs.name_en, zones.name_en, agencies.name_en) as name_en,
    coalesce(codes.label_fr, latest.breakdown_code, programs.name_fr, zones.name_fr, agencies.name_fr) as name_fr
from latest
left join programs on latest.program_id = programs.program_id
left join agencies on coalesce(latest.agency_id, programs.agency_id) = agencies.agency_id
left join zones on latest.zone_id = zones.zone_id
left join labels as kinds on kinds.kind = 'breakdown_kind' and latest.breakdown_kind = kinds.code
left join labels as codes on latest.breakdown_kind = codes.kind and latest.breakdown_code = codes.code
where
    -- one group at a time: a cell of two groups belongs to the downloads
    (latest.breakdown_kind is not null)::int
    + (latest.program_id is not null or latest.agency_id is not null)::int
    + (latest.zone_id is not null)::int = 1
    -- «not known» is worth a line only when there is something in it
    and (
        coalesce(latest.breakdown_code, latest.zone_id, '') not in ('unknown', 'not_collected')
        or (latest.suppression != 'missing' and latest.value is distinct from 0)
    )
    -- nor is a sector or a dataset of which there is none here
    and (
        coalesce(latest.breakdown_kind, '') not in ('sector', 'dataset')
        or latest.denominator > 0
        or latest.value > 0
        or latest.suppression = 'hidden'
    )
order by
    list_position(['agency', 'zone', 'program'], slice) is not null desc,
    list_position(['agency', 'zone', 'program'], slice),
    kinds.sort_order,
    latest.breakdown_kind,
    codes.sort_order,
    zones.zone_order,
    agencies.name_en,
    programs.name_en
