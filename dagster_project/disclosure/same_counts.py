"""Same counts: which of the numbers in all tables and releases are one number.

Belongs here: numbering the counts. Stays out: how different counts add up (relations).

The same series, place and value is the same count. Two columns of numbers that agree wherever both have one, more often
than by chance, are one column: a series and the denominator of a share, a breakdown and another indicator, the only
agency of a sector and the sector.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from dagster_project.disclosure.columns_of_numbers import CHANCE, COLUMNS, NATS, TELLING, lay_out_columns
from dagster_project.disclosure.counts import PLACE


def name_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Number the counts: the same series, place and value is the same count, in whatever table or release it stands."""
    connection.sql(f"create table keyed as select *, concat_ws('|', {', '.join(PLACE)}) as key from counts")
    # Who keeps every release has the newest number of each place side by side, wherever it stood.
    connection.sql(
        """
        insert into keyed
        select * replace (-1 as release, null as unit, false as is_shown, '' as known_by) from keyed
        where (select max(release) from keyed) > 0
        qualify row_number() over (partition by series, key order by release) = 1
        """
    )
    connection.sql(
        """
        create table named as select *, dense_rank() over (order by series, key, value) - 1 as name_id from keyed;
        create table agreeing (name_id bigint, same_id bigint)
        """
    )
    for kind in COLUMNS:
        lay_out_columns(connection, "named", "name_id", kind)
        enough = (
            "hits >= least(3, m.filled, n.filled)" if kind == "series" else f"telling >= {TELLING} and nats >= {NATS}"
        )
        connection.sql(
            f"""
            insert into agreeing
            with hits as (
              select a.column_name as one, b.column_name as other, count(*) as hits,
                count(distinct a.value) filter (a.value > {CHANCE}) as telling, sum(ln(1 + a.value)) as nats
              from columns_of_numbers as a join columns_of_numbers as b on a.row_name = b.row_name and a.value = b.value
              where a.column_name < b.column_name and a.value > {0 if kind == "series" else CHANCE}
              -- A number that stands in several releases is no more than once a sign.
              group by a.column_name, b.column_name, a.release
            ),
            sizes as (
              select column_name, max(filled) as filled from (
                select column_name, count(*) filter (value > 0) as filled from columns_of_numbers
                group by column_name, release
              ) group by column_name
            ),
            candidates as (
              select distinct one, other from hits
              join sizes as m on m.column_name = one join sizes as n on n.column_name = other
              where {enough}
            ),
            agreeing_columns as (
              select one, other from candidates join columns_of_numbers as a on a.column_name = one
              join columns_of_numbers as b on b.column_name = other and b.row_name = a.row_name
              group by all having bool_and(a.value = b.value)
            )
            select a.count_id, b.count_id from agreeing_columns join columns_of_numbers as a on a.column_name = one
            join columns_of_numbers as b on b.column_name = other and b.value = a.value
              and b.row_name = a.row_name
            """
        )
    pairs = dict(connection.sql("select distinct name_id, same_id from agreeing").fetchnumpy())
    number = connection.sql("select max(name_id) + 1 from named").fetchall()[0][0] or 0
    links = sparse.csr_matrix((np.ones(len(pairs["name_id"])), (pairs["name_id"], pairs["same_id"])), (number, number))
    _, groups = connected_components(links, directed=False)
    connection.register("grouped", pa.table({"name_id": np.arange(number), "count_id": groups.astype(np.int64)}))
    connection.sql("create table numbered as select * exclude (name_id) from named join grouped using (name_id)")
