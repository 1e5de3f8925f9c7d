"""Cells of workbooks as the text that a person would type.

Belongs here: numbers, days, moments, clocks. Stays out: where the cells come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def text_column(cells: Sequence[Any]) -> pa.Array:
    """A column of a workbook's cells as text; the commonest mixtures all at once, others cell by cell."""
    kinds = set(map(type, cells))
    if kinds <= {str}:
        return pa.array(cells, pa.string())
    if kinds <= {str, float} or kinds <= {str, int}:
        texts = [cell for cell in cells if type(cell) is str and cell]
        if not texts:
            return _number_column(cells)
    if kinds <= {str, date} and not any(cell for cell in cells if type(cell) is str):
        days = pa.array([cell or None for cell in cells], pa.date32())
        return pc.cast(days, pa.string())
    return pa.array([text_of(cell) for cell in cells], pa.string())


def _number_column(cells: Sequence[Any]) -> pa.Array:
    numbers = pa.array([None if cell == "" else cell for cell in cells], pa.float64())
    extent = pc.min_max(pc.abs(numbers)).as_py()
    if (extent["max"] or 0) < 1e15 and pc.all(pc.equal(pc.floor(numbers), numbers)).as_py() in (True, None):
        return pc.cast(pc.cast(numbers, pa.int64()), pa.string())
    if extent["max"] < 1e6 and extent["min"] > 1e-4:
        # Arrow writes numbers of usual size as Python does, larger and smaller ones with an exponent.
        return pc.replace_substring_regex(pc.cast(numbers, pa.string()), r"\.0$", "")
    return pa.array([text_of(cell) for cell in cells], pa.string())


def text_of(cell: Any) -> str | None:
    """A cell as the text a person would type: whole numbers without '.0', days in ISO form, times of day as clocks."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(cell)
