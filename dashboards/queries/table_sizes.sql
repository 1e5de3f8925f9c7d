select 'indicators' as table_name, count(*) as rows_count from indicators
union all select 'indicator_values', count(*) from indicator_values
union all select 'intervals', count(*) from intervals
union all select 'agencies', count(*) from agencies
union all select 'programs', count(program_id) from programs
union all select 'zones', count(*) from zones
union all select 'labels', count(*) from labels
union all select 'parameters', count(*) from parameters
union all select 'disclosure_rules', count(*) from disclosure_rules
union all select 'submissions', count(*) from submissions
union all select 'data_quality', count(rule_id) from data_quality
union all select 'receipts', count(*) from receipts
union all select 'publication', count(*) from publication
union all select 'changes', count(indicator_id) from changes
