"""A table on its way into a file: a header and rows of plain values.

Belongs here: the shape all agencies share and the forms of dates and numbers as text. File formats stay in
`writers.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

Cell = str | int | float | date | None


@dataclass
class Table:
    """Header and rows, every row as wide as the header unless a fault says otherwise."""

    header: list[str]
    rows: list[list[Cell]]

    def place(self, column: str) -> int:
        """The position of a column."""
        return self.header.index(column)


Tables = dict[str, Table]


def as_text(cell: Cell, date_format: str, decimal_mark: str = ".") -> str:
    """A cell as a text file shows it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime(f"{date_format} %H:%M")
    if isinstance(cell, date):
        return cell.strftime(date_format)
    if isinstance(cell, float):
        return f"{cell:g}".replace(".", decimal_mark)
    return str(cell)
