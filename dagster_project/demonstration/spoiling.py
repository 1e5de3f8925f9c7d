"""Ways to spoil the rows of a table, and a file.

Belongs here: how a fault is put in. Which file has which fault stays in `faults.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from dagster_project.demonstration.tables import Cell, Table

SHARE_KEPT_WHEN_CUT = 0.6
Spoil = Callable[[Table], None]


def added(**changes: Cell) -> Spoil:
    """Add a copy of a row with other values; a column is named with underscores for its spaces."""

    def spoil(table: Table) -> None:
        row = list(table.rows[len(table.rows) // 2])
        for column, value in changes.items():
            row[place_of(table, column)] = value
        table.rows.append(row)

    return spoil


def changed(count: int, **changes: Cell) -> Spoil:
    """Change values in the first rows."""

    def spoil(table: Table) -> None:
        for row in table.rows[:count]:
            for column, value in changes.items():
                row[place_of(table, column)] = value

    return spoil


def place_of(table: Table, column: str) -> int:
    """The place of a column whose header begins like the name given."""
    wanted = column.replace("_", " ").casefold()
    return next(n for n, header in enumerate(table.header) if header.casefold().startswith(wanted))


def repeat_row(table: Table) -> None:
    """The same row once more, word for word."""
    table.rows.append(list(table.rows[1]))


def two_rows_one_number(table: Table) -> None:
    """A second parent twice under one number, with two birth dates."""
    lien, birth = table.place("Lien"), table.place("Né(e) le")
    row = next(row for row in table.rows if row[lien] == "Conjoint" and isinstance(row[birth], date))
    other = list(row)
    born = row[birth]
    assert isinstance(born, date)
    other[birth] = born - timedelta(days=366)
    table.rows.append(other)


def one_cell_too_many(table: Table) -> None:
    """A row with a cell more than there are headers."""
    table.rows.append([*table.rows[0], "revu"])


def lose_decimal_marks(table: Table) -> None:
    """Scores whose decimal comma got lost on the way: ten times too high."""
    place = table.place("Cote")
    for row in table.rows:
        value = row[place]
        row[place] = int(value * 10) if isinstance(value, float) else value


def outcome_before_referral(table: Table) -> None:
    """A referral whose outcome comes before it."""
    wrong = list(table.rows[0])
    made = wrong[table.place("Referral date")]
    assert isinstance(made, date)
    wrong[0], wrong[table.place("Outcome")] = "R-99901", "Started"
    wrong[table.place("Outcome date")] = made - timedelta(days=9)
    table.rows.append(wrong)


def closed_before_opened(table: Table) -> None:
    """A case whose dates of opening and closing changed places."""
    wrong = list(table.rows[0])
    opened = wrong[table.place("Opened")]
    assert isinstance(opened, date)
    wrong[0], wrong[table.place("Closed")] = "SV999901", opened - timedelta(days=40)
    table.rows.append(wrong)


def cut_short(path: Path) -> None:
    """Keep the first part of a file only."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * SHARE_KEPT_WHEN_CUT)])
