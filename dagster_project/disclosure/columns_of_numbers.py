"""Columns of numbers: the counts laid out so that one column can be compared with another, row by row.

Belongs here: what a column and its rows are, and when two agree by more than chance. Stays out: what follows from it
(same_counts, relations).
"""

from __future__ import annotations

import duckdb

from dagster_project.disclosure.counts import PLACE

# All of a series, one breakdown of it, or one place of it: its name, and what tells its rows apart.
COLUMNS = {
    "series": ("series", ["release", *PLACE]),
    "breakdown": (
        "concat_ws('|', series, breakdown_kind, breakdown_code)",
        ["release", *(place for place in PLACE if not place.startswith("breakdown"))],
    ),
    "place": (
        f"concat_ws('|', series, {', '.join(place for place in PLACE if not place.startswith('interval'))})",
        ["release", *(place for place in PLACE if place.startswith("interval"))],
    ),
}
# Numbers up to this agree by chance; so many different ones above it, and of so many nats together, hardly.
CHANCE, TELLING, NATS = 10, 3, 10


def lay_out_columns(connection: duckdb.DuckDBPyConnection, table: str, number: str, kind: str) -> None:
    """Make `columns_of_numbers` (release, column_name, row_name, value, count_id, is_of_all) of a table of counts.

    `number` is the column of the table that says which count it is.
    """
    column, rows = COLUMNS[kind]
    connection.sql(
        f"""
        create or replace temp table columns_of_numbers as
        select distinct release, {column} as column_name, concat_ws('|', {", ".join(rows)}) as row_name, value,
          {number} as count_id,
          release = 0 and agency_id = '' and program_id = '' and zone_id = '' as is_of_all
        -- What bounds tell is rounded, and equal to something else by chance.
        from {table} where series not similar to '.*:(missing|low|high)'
        """
    )
