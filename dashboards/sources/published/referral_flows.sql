-- Evidence drops a table without rows: one empty row stands for it
select referral_flows.* replace (
    strftime(referral_flows.interval_start, '%Y-%m-%d') as interval_start,
    strftime(referral_flows.interval_end, '%Y-%m-%d') as interval_end
)
from (select 1) as one_row
left join read_parquet('${published}/referral_flows.parquet') as referral_flows on true
