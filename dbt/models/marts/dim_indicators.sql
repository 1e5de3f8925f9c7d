select
    indicator_id, system, question, title_en, title_fr, numerator_en, numerator_fr, denominator_en, denominator_fr,
    placed_by, placed_by_fr, unit, unit_en, unit_fr, direction, interval, disclosure_class, datasets, key_datasets,
    slices, breakdowns, has_total, has_linkage_band, cast(maturity_days as integer) as maturity_days, headline_order,
    substr(
        md5(concat_ws('|', indicator_id, numerator_en, denominator_en, placed_by, unit, interval)), 1, 8
    ) as definition_version
from {{ ref('indicators') }}
