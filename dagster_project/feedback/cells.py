"""Cells: text goes into a workbook as text, to the letter, and can neither run nor lead anywhere.

Belongs here: opening a workbook safely, its formats, writing one text, naming a sheet. Stays out: what is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dagster_project.intake.reading.sheets import MOST_LETTERS
from dagster_project.whole_files import written_whole

# Number format '@' by its own number: what is in the cell is text, also after somebody edits it.
TEXT_FORMAT = 49
ORANGE, PALE_ORANGE = "#F4B183", "#FCE9DC"
YELLOW, PALE_YELLOW = "#FFD966", "#FFF7DD"
# The fills of a bad cell and of its row, by severity.
FILLS = {
    "reject": (ORANGE, PALE_ORANGE),
    "hold": (ORANGE, PALE_ORANGE),
    "quarantine": (ORANGE, PALE_ORANGE),
    "warn": (YELLOW, PALE_YELLOW),
}


@dataclass(frozen=True)
class Formats:
    """The looks of a workbook. `text` is that of the agency's own cells."""

    bold: Any
    title: Any
    plain: Any
    percent: Any
    answer: Any
    text: Any
    header: Any
    bad_cell: dict[str, Any]
    bad_row: dict[str, Any]


@contextmanager
def open_workbook(path: Path) -> Iterator[tuple[Any, Formats]]:
    """A workbook written beside its place and put there when it is whole."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with written_whole(path) as temporary, xlsxwriter.Workbook(str(temporary), options) as workbook:
        # The same content is the same bytes.
        workbook.set_properties({"created": datetime(2025, 1, 1, tzinfo=UTC)})
        yield workbook, _formats(workbook)


def _formats(workbook: Any) -> Formats:
    def make(**properties: Any) -> Any:
        return workbook.add_format({"valign": "top", **properties})

    text = {"num_format": TEXT_FORMAT}
    return Formats(
        bold=make(bold=True, text_wrap=True),
        title=make(bold=True, font_size=13),
        plain=make(text_wrap=True),
        percent=make(num_format="0 %"),
        answer=make(bg_color="#FFF4C2", border=1, text_wrap=True, **text),
        text=make(**text),
        header=make(bold=True, **text),
        bad_cell={severity: make(bg_color=fills[0], **text) for severity, fills in FILLS.items()},
        bad_row={severity: make(bg_color=fills[1], **text) for severity, fills in FILLS.items()},
    )


def write_text(sheet: Any, row: int, column: int, text: str, look: Any) -> None:
    """Write a text to the letter; beyond what a cell may hold it is cut."""
    text = text[:MOST_LETTERS]
    if text.startswith("<r>") and text.endswith("</r>"):
        # The library takes such a text for XML of its own and writes it as it is: in two parts it is escaped.
        sheet.write_rich_string(row, column, look, text[:1], look, text[1:], look)
    else:
        sheet.write_string(row, column, text, look)


def write_value(sheet: Any, row: int, column: int, value: str | int, look: Any) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value, look)
    else:
        write_text(sheet, row, column, value, look)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """The name as a sheet may bear it: short, without forbidden characters, not there yet."""
    plain = re.sub(r"[\[\]:*?/\\]", "_", wanted).strip("'")[:31] or "1"
    name, number = plain, 2
    while name.casefold() in taken:
        ending = f" ({number})"
        name, number = plain[: 31 - len(ending)] + ending, number + 1
    taken.add(name.casefold())
    return name
