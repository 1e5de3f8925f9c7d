"""Templates: the blank workbook that a partner fills in, made from the contracts.

Belongs here: the workbook's layout. Stays out: its words (template_words.py), which columns and codes it has
(contracts/template_kind.py), and reading it (intake).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dagster_project.contracts import Agreement, Contract, Expectations, Period
from dagster_project.contracts.template_kind import (
    HEADER_ROW,
    NIL_TICK,
    TemplateColumn,
    sheet_name,
    template_columns,
)
from dagster_project.template_words import WORDS, instructions

_BETWEEN = "expect_column_values_to_be_between"
# Rows of a sheet in which lists and checks work; a month of a partner's has fewer.
LAST_ROW = 5_000
FIRST_SHEETS = ("persons", "enrolments", "contacts", "referrals")
# A spreadsheet's own limits.
_LONGEST_MESSAGE, _LONGEST_TITLE = 255, 32
_FORMATS = {"date": "yyyy-mm-dd", "timestamp": "yyyy-mm-dd hh:mm", "number": "General", "string": "@"}
_WIDTHS = {"date": 14, "timestamp": 18, "number": 14, "string": 24}


@dataclass(frozen=True)
class _Book:
    """The workbook while it is written, with its formats and its hidden sheet of lists."""

    workbook: Any
    lists: Any
    formats: dict[str, Any]
    agreement: Agreement
    expectations: Expectations
    ranges: dict[tuple[str, ...], str]

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.agreement.language]

    def range_of(self, labels: Sequence[str]) -> str:
        """Where a list of labels stands: written once, on the hidden sheet, since a cell's own list may not be long."""
        key = tuple(labels)
        if key not in self.ranges:
            column = len(self.ranges)
            self.lists.write_column(0, column, key)
            letter = _letters(column)
            self.ranges[key] = f"={self.words['lists']}!${letter}$1:${letter}${len(key)}"
        return self.ranges[key]


def template_period(agreement: Agreement, month: date | None, today: date) -> Period:
    """The period that a month is in; without one, the last that has ended."""
    if month is not None:
        return agreement.period_of(month)
    period = agreement.period_of(today)
    return agreement.period_of(period.start - timedelta(days=1))


def blank_template(expectations: Expectations, agreement: Agreement, datasets: Sequence[str], period: Period) -> bytes:
    """The workbook for these datasets, all of which the agency sends, and this period."""
    import xlsxwriter

    stream = io.BytesIO()
    # Who is served comes first, then what was done, then the rest.
    ordered = sorted(datasets, key=lambda d: (FIRST_SHEETS.index(d) if d in FIRST_SHEETS else len(FIRST_SHEETS), d))
    contracts = [expectations.contracts[dataset] for dataset in ordered]
    language = agreement.language
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        first = workbook.add_worksheet(WORDS[language]["instructions"])
        sheets = [workbook.add_worksheet(sheet_name(contract, language)) for contract in contracts]
        lists = workbook.add_worksheet(WORDS[language]["lists"])
        lists.hide()
        book = _Book(workbook, lists, _formats(workbook), agreement, expectations, {})
        lines = instructions(expectations.initiative, agreement, contracts, period)
        _write_instructions(book, first, lines)
        for sheet, contract in zip(sheets, contracts, strict=True):
            _write_dataset(book, sheet, contract)
    return stream.getvalue()


def _formats(workbook: Any) -> dict[str, Any]:
    wrapped = {"text_wrap": True, "valign": "top"}
    header = {"bold": True, "border": 1, **wrapped}
    return {
        "title": workbook.add_format({"bold": True, "font_size": 14}),
        "bold": workbook.add_format({"bold": True, "valign": "top"}),
        "text": workbook.add_format(wrapped),
        "help": workbook.add_format({"italic": True, "font_color": "#404040", "font_size": 9, **wrapped}),
        "tick": workbook.add_format({"bg_color": "#FFF2CC", "border": 1, "align": "center", "bold": True}),
        "required": workbook.add_format({"bg_color": "#1F4E79", "font_color": "#FFFFFF", **header}),
        "optional": workbook.add_format({"bg_color": "#DDEBF7", **header}),
        **{name: workbook.add_format({"num_format": number}) for name, number in _FORMATS.items()},
    }


def _write_instructions(book: _Book, sheet: Any, lines: Iterator[tuple[str, str]]) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    sheet.hide_gridlines(2)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.write(
        0, 0, book.words["title"].format(agency=book.agreement.name[book.agreement.language]), book.formats["title"]
    )
    for n, (heading, text) in enumerate(lines, 2):
        sheet.write(n, 0, heading, book.formats["bold"])
        sheet.write(n, 1, text, book.formats["text"])


def _write_dataset(book: _Book, sheet: Any, contract: Contract) -> None:
    language = book.agreement.language
    agreements, initiative = book.expectations.agreements, book.expectations.initiative
    columns = template_columns(book.agreement, contract, initiative, agreements)
    for n, template_column in enumerate(columns):
        _write_column(book, sheet, contract, n, template_column)
    # After the columns, whose formats would else be those of these cells.
    sheet.set_column(0, 0, 34, book.formats[columns[0].column.logical_type])
    sheet.write(0, 0, contract.label[language], book.formats["title"])
    sheet.write(1, 0, book.words["nothing"], book.formats["bold"])
    sheet.write_blank(NIL_TICK, None, book.formats["tick"])
    sheet.data_validation(
        NIL_TICK,
        {
            "validate": "list",
            "source": ["x"],
            "input_title": book.words["nothing"][:_LONGEST_TITLE],
            "input_message": book.words["tick"],
        },
    )
    sheet.set_row(2, 78)
    sheet.set_row(HEADER_ROW - 1, 34)
    sheet.freeze_panes(HEADER_ROW, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_column(book: _Book, sheet: Any, contract: Contract, number: int, template_column: TemplateColumn) -> None:
    column, words = template_column.column, book.words
    hint = words["list" if template_column.codes else column.logical_type]
    parts = [words["required"] if column.required else "", column.help[book.agreement.language], hint]
    help_text = " ".join(part for part in parts if part)
    sheet.set_column(number, number, _WIDTHS[column.logical_type], book.formats[column.logical_type])
    sheet.write(2, number, help_text, book.formats["help"])
    sheet.write(
        HEADER_ROW - 1, number, template_column.header, book.formats["required" if column.required else "optional"]
    )
    sheet.data_validation(
        HEADER_ROW,
        number,
        LAST_ROW - 1,
        number,
        {
            **_check(book, contract, template_column),
            "input_title": template_column.header[:_LONGEST_TITLE],
            "input_message": help_text[:_LONGEST_MESSAGE],
            "error_title": template_column.header[:_LONGEST_TITLE],
            "error_message": (hint or words["other"])[:_LONGEST_MESSAGE],
        },
    )


def _check(book: _Book, contract: Contract, template_column: TemplateColumn) -> dict[str, Any]:
    """What a cell admits. Numbers have the bounds of the contract's rules, so that a slip is seen while it is typed."""
    column = template_column.column
    if template_column.codes:
        return {"validate": "list", "source": book.range_of(list(template_column.codes))}
    if column.logical_type in ("date", "timestamp"):
        return {"validate": "date", "criteria": ">=", "value": date(1900, 1, 1)}
    if column.logical_type == "number":
        bounds = [r.kwargs for r in contract.rules if r.column == column.name and r.expectation == _BETWEEN]
        low = max((b["min_value"] for b in bounds if "min_value" in b), default=-1e12)
        high = min((b["max_value"] for b in bounds if "max_value" in b), default=1e12)
        return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
    return {"validate": "any"}


def _letters(column: int) -> str:
    letters = ""
    while column >= 0:
        letters = chr(65 + column % 26) + letters
        column = column // 26 - 1
    return letters
