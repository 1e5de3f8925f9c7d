-- Written by dagster_project/site.py from the releases' folders: the one thing here that is no published table
-- Evidence drops a table without rows: one empty row stands for it
select releases.*
from (select 1) as one_row
left join
    read_csv(
        '${releases}',
        header = true,
        columns = {
            'release_name': 'varchar', 'release_date': 'varchar', 'because': 'varchar', 'is_this': 'boolean'
        }
    ) as releases
    on true
