"""The form as rows of cells: as its map describes it, or as the funder's own file has it.

Belongs here: which cell stands where. Stays out: figures (filling.py), and writing (writing.py).
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from dagster_project.contracts.funder_forms import Form, Funder
from dagster_project.contracts.funders import problem_of_template
from dagster_project.funder_reports.filling import FilledLine, Report

# A cell: a text, or a line of which the figure goes here.
Cell = str | FilledLine


def form_rows(report: Report) -> list[list[Cell]]:
    """All rows of the form. Raises `ExpectationsError` where the funder's file and the map do not fit."""
    form = report.funder.form
    if form.template is None:
        title: list[list[Cell]] = [[text.replace("{year}", report.funder.year)] for text in form.above]
        return [*title, [*form.columns], *(_row(report, line, list(form.columns.values())) for line in report.lines)]
    rows: list[list[str]] = _read_template(report.funder, form.template)
    header = rows[form.header_row - 1] if len(rows) >= form.header_row else []
    for name in form.columns:
        if name not in header:
            what = f"The form has no column '{name}' in row {form.header_row}."
            there = ", ".join(text for text in header if text)
            raise problem_of_template(report.funder, what, f"Its header is: {there}." if there else "Check header_row.")
    held = [form.columns.get(name, "") for name in header]
    asked = rows[form.header_row :]
    above: list[list[Cell]] = [[*row] for row in rows[: form.header_row]]
    if any(any(row) for row in asked):
        return [*above, *_filled(report, asked, held)]
    return [*above, *(_row(report, line, held) for line in report.lines)]


def lines_by_hand(report: Report) -> list[str]:
    """Lines of the funder's file to which no line of the map belongs."""
    form = report.funder.form
    if form.template is None:
        return []
    rows = _read_template(report.funder, form.template)
    place = rows[form.header_row - 1].index(_header_of(form, "line"))
    known = {filled.line.line for filled in report.lines}
    asked = [row[place] for row in rows[form.header_row :] if len(row) > place]
    return [line for line in dict.fromkeys(asked) if line and line not in known]


def _read_template(funder: Funder, path: Path) -> list[list[str]]:
    """The rows of the funder's file, as texts. Raises `ExpectationsError` where it cannot be read."""
    if path.suffix == ".csv":
        data = path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
            delimiter = max(";,\t", key=text.count)
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            what = "The form is not text in UTF-8."
            raise problem_of_template(funder, what, "Save it again as CSV UTF-8.", line) from None
        except csv.Error:
            raise problem_of_template(funder, "The form is no CSV.", "Save it again as CSV UTF-8.", 1) from None
    from python_calamine import CalamineWorkbook

    try:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        # Its PanicException, at a damaged file, is no Exception.
        what = "The form cannot be read as a workbook: it is damaged, empty or locked."
        raise problem_of_template(funder, what, "Open it, save it again as .xlsx without a password.", 1) from None
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _header_of(form: Form, holds: str) -> str:
    return next(header for header, held in form.columns.items() if held == holds)


def _row(report: Report, line: FilledLine, held: list[str]) -> list[Cell]:
    return [line if holds == "figure" else str(report.in_form(line, holds)) if holds else "" for holds in held]


def _filled(report: Report, asked: list[list[str]], held: list[str]) -> list[list[Cell]]:
    """The funder's own rows, each with the line of the map that has its line and its code."""
    by_codes = {(filled.line.line, filled.line.code): filled for filled in report.lines}
    line_place = held.index("line")
    code_place = held.index("code") if "code" in held else None
    rows: list[list[Cell]] = []
    for row in asked:
        row = [*row, *[""] * (len(held) - len(row))]
        code = row[code_place] if code_place is not None else ""
        filled = by_codes.pop((row[line_place], code), None)
        ours = _row(report, filled, held) if filled else row
        # What the funder has written itself stays as it is, but for the figure: a zero there is not ours.
        kinds = [*held, *[""] * (len(row) - len(held))]
        cells = zip(row, [*ours, *row[len(held) :]], kinds, strict=True)
        rows.append([mine if holds == "figure" else theirs or mine for theirs, mine, holds in cells])
    if by_codes:
        line, code = next(iter(by_codes))
        what = f"The form has no row for line '{line}'{f' with code {code}' if code else ''}, which the map fills."
        raise problem_of_template(report.funder, what, "Add the row to the form, or take the line out of the map.")
    return rows
