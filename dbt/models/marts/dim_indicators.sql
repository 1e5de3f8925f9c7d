select
    indicator_id, system, question, beside, title_en, title_fr,
    help_en, help_fr, numerator_en, numerator_fr, denominator_en, denominator_fr,
    limits_en, limits_fr, placed_by, placed_by_fr, unit, unit_en,
    unit_fr, measure_kind, decimals, direction, interval, window_months,
    maturity_days, parameters, datasets, key_datasets, key_columns, slices,
    breakdowns, has_total, has_zone_breakdowns, has_linkage_band, disclosure_class, people_in,
    least_denominator, coalesce(shows_none_and_all, false) as shows_none_and_all, baseline, baseline_date, target,
    target_date, headline_order,
    version,
    substr(
        md5(concat_ws('|', indicator_id, numerator_en, denominator_en, placed_by, unit, interval, parameters)), 1, 8
    ) as definition_version
from {{ ref('indicators') }}
