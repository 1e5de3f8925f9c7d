"""What may be wrong with a map of a funder's form, each with what to write instead.

Belongs here: checks against what is published, after the schema's. Stays out: loading (funders.py).
"""

from __future__ import annotations

from typing import Any

from dagster_project.contracts.funder_forms import NOTES_SHEET, SLICES, CellKey, PublishedCatalogue, rows_of, same_but
from dagster_project.contracts.yaml_places import Document, did_you_mean


def check_whole(document: Document, catalogue: PublishedCatalogue, year: str | None) -> None:
    """The funder, its year and the look of its form; `year` is one that was asked for instead of the map's."""
    data = document.data
    if data["funder_id"] != document.path.stem:
        document.complain(["funder_id"], "The funder_id is not the file's name.", f"Write {document.path.stem}.")
    years = catalogue.years.get(data["year_kind"])
    if years is None:
        what = f"There is no reporting year '{data['year_kind']}' that has ended."
        document.complain(["year_kind"], what, did_you_mean(data["year_kind"], catalogue.years))
    elif (asked := year or data.get("year", years[-1])) not in years:
        document.complain(["year"], f"The year '{asked}' is not published.", f"Write one of: {', '.join(years)}.")
    _check_form(document, data["form"])


def _check_form(document: Document, form: dict[str, Any]) -> None:
    sheet = form.get("sheet", "")
    if set(sheet) & set("[]:*?/\\") or sheet != sheet.strip("'"):
        instead = "Leave out each of []:*?/\\ and ' at its ends."
        document.complain(["form", "sheet"], f"No workbook can have a sheet '{sheet}'.", instead)
    if sheet.lower() == NOTES_SHEET.lower():
        what = f"The sheet of notes beside the form is called '{NOTES_SHEET}'."
        document.complain(["form", "sheet"], what, "Give the form's sheet another name.")
    held = list(form["columns"].values())
    for header, holds in form["columns"].items():
        if held.count(holds) > 1:
            document.complain(["form", "columns", header], f"Two columns hold the {holds}.", "Keep one of the two.")
            return
    for needed in ("line", "figure"):
        if needed not in held:
            document.complain(["form", "columns"], f"No column holds the {needed}.", f"Write {{header: {needed}}}.")
    if "template" in form:
        if not (document.path.parent / form["template"]).is_file():
            what = f"There is no file '{form['template']}' beside the map."
            document.complain(["form", "template"], what, "Put the form there, or take the key away.")
        if "header_row" not in form:
            what = "It is not said in which row of the template the header stands."
            document.complain(["form", "template"], what, "Write header_row.")
        if "above" in form:
            what = "The rows above the header come from the template."
            document.complain(["form", "above"], what, "Take the key away.")
    elif "header_row" in form:
        document.complain(["form", "header_row"], "A form without a template has no header_row.", "Use above.")


def check_lines(document: Document, catalogue: PublishedCatalogue) -> None:
    """Each line names a figure that is published, and no row stands twice in the form."""
    cells = catalogue.cells[document.data["year_kind"]]
    seen: set[tuple[str, str]] = set()
    for n, entry in enumerate(document.data["lines"]):
        before = len(document.problems)
        _check_indicator(document, n, entry, catalogue, cells)
        if len(document.problems) == before:
            _check_slices(document, n, entry, catalogue, cells)
        for row in rows_of(entry):
            if (row.line, row.code) in seen:
                coded = f" with the code '{row.code}'" if row.code else ""
                what = f"Line '{row.line}'{coded} stands in the form a second time."
                instead = "Give each row a line or a code of its own: figures are not added up."
                place: list[str | int] = ["lines", n, "codes" if "codes" in entry else "line"]
                document.complain(place, what, instead)
            seen.add((row.line, row.code))


def _check_indicator(
    document: Document, n: int, entry: dict[str, Any], catalogue: PublishedCatalogue, cells: frozenset[CellKey]
) -> None:
    indicator = entry["indicator"]
    kind = catalogue.measure_kinds.get(indicator)
    if kind is None:
        remedy = did_you_mean(indicator, catalogue.measure_kinds)
        remedy = remedy if remedy.startswith("Did") else "See the definitions page for the indicators."
        document.complain(["lines", n, "indicator"], f"There is no indicator '{indicator}'.", remedy)
    elif not any(cell.indicator_id == indicator for cell in cells):
        what = f"'{indicator}' is not shown by {document.data['year_kind']}."
        document.complain(["lines", n, "indicator"], what, "Ask for an indicator that is shown by year.")
    elif kind == "count" and entry.get("part") == "denominator":
        document.complain(["lines", n, "part"], f"'{indicator}' is a count and has no denominator.", "Write value.")


def _check_slices(
    document: Document, n: int, entry: dict[str, Any], catalogue: PublishedCatalogue, cells: frozenset[CellKey]
) -> None:
    own = {cell for cell in cells if cell.indicator_id == entry["indicator"]}
    before, by = len(document.problems), entry.get("by")
    for name in SLICES:
        if name in entry and entry[name] not in catalogue.slices[name]:
            what = f"There is no {name} '{entry[name]}' in what is published."
            document.complain(["lines", n, name], what, did_you_mean(entry[name], catalogue.slices[name]))
        if name in entry and by == name:
            what = f"The line names one {name} and is by {name}."
            document.complain(["lines", n, "by"], what, "Keep one of the two.")
    breakdowns = {cell.breakdown_kind for cell in own if cell.breakdown_kind}
    if by is not None and by not in SLICES and by not in breakdowns:
        what = f"'{entry['indicator']}' is not shown by '{by}'."
        document.complain(["lines", n, "by"], what, did_you_mean(by, {*breakdowns, *SLICES}))
    if len(document.problems) > before:
        return
    column = SLICES.get(str(by), "breakdown_code")
    for row in rows_of(entry):
        if row.key in own:
            continue
        beside = {getattr(cell, column) for cell in own if by and same_but(cell, row.key, column)}
        if beside:
            ours = getattr(row.key, column)
            what = f"There is no {by} '{ours}' of '{entry['indicator']}' here."
            document.complain(["lines", n, "codes", ours], what, did_you_mean(ours, beside))
        else:
            what = f"'{entry['indicator']}' is not shown for this slice."
            document.complain(["lines", n], what, f"It is shown {_shown(own)}.")
            return


def _shown(cells: set[CellKey]) -> str:
    kinds = set()
    for cell in cells:
        parts = [name for name, column in SLICES.items() if getattr(cell, column) is not None]
        kinds.add((*parts, cell.breakdown_kind) if cell.breakdown_kind else tuple(parts))
    return ", ".join(f"by {' and '.join(kind)}" if kind else "for all" for kind in sorted(kinds))
