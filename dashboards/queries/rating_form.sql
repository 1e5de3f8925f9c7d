-- The five stages of integration, as the partners' rating form describes them
select
    forms.*,
    coalesce(dimensions.label_en, forms.dimension_code) as dimension_en,
    coalesce(dimensions.label_fr, forms.dimension_code) as dimension_fr,
    coalesce(stages.label_en, forms.stage_code) as stage_en,
    coalesce(stages.label_fr, forms.stage_code) as stage_fr
from integration_stages as forms
left join labels as dimensions on dimensions.kind = 'dimension' and forms.dimension_code = dimensions.code
left join labels as stages on stages.kind = 'stage' and forms.stage_code = stages.code
order by forms.dimension_order, forms.stage_order
