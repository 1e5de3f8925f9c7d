"""A filled form as a workbook with its notes, and as a CSV.

Belongs here: cells, formats and the sheet of notes. Stays out: what stands in them.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime, time
from typing import Any

from dagster_project.contracts.funder_forms import NOTES_SHEET
from dagster_project.funder_reports.filling import FilledLine, Report
from dagster_project.funder_reports.layout import Cell, lines_by_hand
from dagster_project.funder_reports.words import WORDS


def report_csv(report: Report, rows: list[list[Cell]]) -> bytes:
    """The form alone, with the funder's delimiter and decimal mark."""
    form = report.funder.form
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=form.delimiter, lineterminator="\r\n")
    writer.writerows([[_as_text(report, cell) for cell in row] for row in rows])
    # With a byte order mark spreadsheets read accents as they are.
    return stream.getvalue().encode("utf-8-sig")


def _as_text(report: Report, cell: Cell) -> str:
    if not isinstance(cell, FilledLine):
        return cell
    if isinstance(cell.figure, str):
        return cell.figure
    number = f"{cell.figure:.{cell.decimals}f}".replace(".", report.funder.form.decimal_mark)
    return f"{number} {report.funder.provisional}" if _is_marked(report, cell) else number


def _is_marked(report: Report, cell: FilledLine) -> bool:
    """A form with a column for it says there what is provisional."""
    return cell.is_provisional and "status" not in report.funder.form.columns.values()


def report_workbook(report: Report, rows: list[list[Cell]]) -> bytes:
    """The form, and a sheet that says what its figures are."""
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"created": datetime.combine(report.publication.about["as_of"], time())})
        _write_form(workbook, report, rows)
        _write_notes(workbook, report)
    return stream.getvalue()


def _write_form(workbook: Any, report: Report, rows: list[list[Cell]]) -> None:
    form = report.funder.form
    sheet = workbook.add_worksheet(form.sheet)
    plain = workbook.add_format({"text_wrap": True, "valign": "top"})
    heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    title = workbook.add_format({"bold": True})
    why = workbook.add_format({"italic": True, "font_color": "#595959", "valign": "top", "align": "right"})
    for n, row in enumerate(rows, 1):
        for m, cell in enumerate(row):
            if isinstance(cell, FilledLine) and not isinstance(cell.figure, str):
                mark = f'" {report.funder.provisional}"' if _is_marked(report, cell) else ""
                pattern = "#,##0" + ("." + "0" * cell.decimals if cell.decimals else "") + mark
                sheet.write_number(n - 1, m, cell.figure, workbook.add_format({"num_format": pattern, "valign": "top"}))
            elif isinstance(cell, FilledLine):
                sheet.write_string(n - 1, m, cell.figure, why)
            else:
                above = title if n < form.header_row else plain
                sheet.write_string(n - 1, m, cell, heading if n == form.header_row else above)
    header = rows[form.header_row - 1]
    wide = [m for m, name in enumerate(header) if form.columns.get(str(name)) == "label"]
    sheet.set_column(0, len(header), 16)
    for m in wide:
        sheet.set_column(m, m, 56)
    sheet.freeze_panes(form.header_row, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_notes(workbook: Any, report: Report) -> None:
    words = WORDS[report.funder.language]
    sheet = workbook.add_worksheet(NOTES_SHEET)
    bold = workbook.add_format({"bold": True, "valign": "top", "text_wrap": True})
    plain = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 22)
    sheet.set_column(2, 9, 36)
    sheet.set_column(10, 13, 22)
    facts = _facts(report)
    for n, (heading, text) in enumerate(facts):
        sheet.write_string(n, 0, heading, bold)
        sheet.write_string(n, 1, text)
    columns = ["line", "code", "label", "indicator", "part", "slice", "help", "limits"]
    columns += ["version", "receipt", "coverage", "status", "range", "bounds"]
    first = len(facts) + 1
    sheet.write_row(first, 0, [words[name] for name in columns], bold)
    for n, filled in enumerate(report.lines, first + 1):
        for m, text in enumerate(_notes_of(report, filled)):
            sheet.write_string(n, m, text, plain)


def _facts(report: Report) -> list[tuple[str, str]]:
    words, language = WORDS[report.funder.language], report.funder.language
    funder, about = report.funder, report.publication.about
    year = report.publication.intervals[funder.year_kind, funder.year]
    days = words["days"].format(start=year["interval_start"], end=year["interval_end"])
    classes = {filled.indicator["disclosure_class"] for filled in report.lines}
    rules = [report.publication.rules[name] for name in sorted(classes)]
    reasons = ". ".join(rule[f"reason_{language}"] for rule in rules if rule["hidden_to"] >= rule["hidden_from"])
    facts = [
        (words["made_for"], funder.name[language]),
        (words["made_by"], about[f"initiative_name_{language}"]),
        (words["year"], f"{year[f'kind_label_{language}']} {year[f'label_{language}']}, {days}"),
        (words["state"], words[about["kind"]].format(day=about["published_date"])),
        (words["source"], words["source_text"].format(build=about["build_id"], code=about["code_version"])),
        (words["hidden"], words["hidden_text"].format(word=funder.hidden, reasons=f"{reasons}." if reasons else "")),
        (words["provisional"], words["provisional_text"].format(word=funder.provisional)),
        (words["contact"], about["contact"]),
    ]
    if any(any(filled.line.key[1:]) for filled in report.lines):
        facts.append((words["sums"], words["sums_text"]))
    facts += [(words["left_out"], text) for text in report.told_left_out()]
    facts += [(words["by_hand"], line) for line in lines_by_hand(report)]
    return facts


def _notes_of(report: Report, filled: FilledLine) -> list[str]:
    words, language = WORDS[report.funder.language], report.funder.language
    indicator, line = filled.indicator, filled.line
    part = words[line.part]
    if line.part != "value":
        part = f"{part}: {indicator[f'{line.part}_{language}']}"
    return [
        line.line,
        line.code,
        line.label,
        f"{indicator[f'title_{language}']} ({line.key.indicator_id})",
        part,
        report.slice_of(line.key),
        indicator[f"help_{language}"],
        indicator[f"limits_{language}"] or "",
        f"{indicator['version']} ({indicator['definition_version']})",
        *(str(report.in_form(filled, holds)) for holds in ("receipt", "coverage", "status")),
        report.between(filled, "value"),
        report.between(filled, "bound"),
    ]
