-- No more families than counted items stand behind a figure, of a mean or a median no more than it is of; and where
-- somebody is counted, some family does.
select
    cells.indicator_id,
    cells.interval_kind,
    cells.interval_start,
    cells.breakdown_kind
from {{ ref('fct_indicator_values') }} as cells
inner join {{ ref('indicators') }} as indicators on cells.indicator_id = indicators.indicator_id
where
    indicators.disclosure_class <> 'organisations'
    and case
        when indicators.measure_kind <> 'measure'
            then cells.families_behind > cells.numerator or (cells.numerator > 0 and cells.families_behind = 0)
        when indicators.people_in = 'denominator'
            then cells.families_behind > cells.denominator or (cells.denominator > 0 and cells.families_behind = 0)
    end
