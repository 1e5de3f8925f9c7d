-- What the newest figure of each interval kind was made of, all agencies together
select
    receipts.*,
    publication.build_id as site_build_id,
    publication.as_of
from receipts
cross join publication
where
    receipts.indicator_id = '${params.indicator_id}'
    and receipts.agency_id is null
    and receipts.interval_end <= publication.as_of
    and receipts.receipt_id in (
        select receipt_id
        from indicator_values
        where
            indicator_id = '${params.indicator_id}'
            and agency_id is null
            and program_id is null
            and zone_id is null
            and breakdown_kind is null
    )
qualify rank() over (partition by receipts.interval_kind order by receipts.interval_start desc) = 1
