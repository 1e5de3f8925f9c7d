-- Which counts are hidden, most private first
select
    disclosure_class,
    reason_en,
    reason_fr
from disclosure_rules
order by hidden_to desc
