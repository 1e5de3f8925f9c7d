"""Maps of funders' forms: which line of a form is which published figure.

Belongs here: loading `expectations/funders/<funder_id>.yml`. Stays out: what may be wrong with it (funder_checks.py),
reading what is published and filling the form (funder_reports).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dagster_project.contracts.funder_checks import check_lines, check_whole
from dagster_project.contracts.funder_forms import (
    SLICES,
    CellKey,
    Form,
    FormLine,
    Funder,
    PublishedCatalogue,
    rows_of,
    same_but,
)
from dagster_project.contracts.initiative import own_schema
from dagster_project.contracts.yaml_places import ExpectationsError, Problem, check_schema, load_document


def funder_ids(folder: Path) -> list[str]:
    """The funders of whom there is a map."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def load_funder(path: Path, catalogue: PublishedCatalogue, year: str | None = None) -> Funder:
    """One funder's map, of `year` or the map's own or the latest that has ended.

    Raises `ExpectationsError`, which lists every problem with its line and remedy.
    """
    document = load_document(path)
    if document.data is not None:
        check_schema(document, own_schema("funder"))
    if not document.problems:
        check_whole(document, catalogue, year)
    if not document.problems:
        check_lines(document, catalogue)
    if document.problems:
        raise ExpectationsError(document.problems)
    data: dict[str, Any] = document.data
    lines = tuple(line for entry in data["lines"] for line in rows_of(entry))
    return Funder(
        funder_id=data["funder_id"],
        name=data["name"],
        language=data["language"],
        year_kind=data["year_kind"],
        year=year or data.get("year") or catalogue.years[data["year_kind"]][-1],
        hidden=data["hidden"],
        provisional=data["provisional"],
        missing=data.get("missing", {}),
        form=_form(data["form"], path.parent),
        lines=lines,
        left_out=tuple(_left_out(lines, data["lines"], catalogue.cells[data["year_kind"]])),
    )


def _form(data: dict[str, Any], folder: Path) -> Form:
    template, above = data.get("template"), tuple(data.get("above", ()))
    return Form(
        columns=data["columns"],
        sheet=data.get("sheet", "Form"),
        above=above,
        template=folder / template if template else None,
        header_row=data.get("header_row", len(above) + 1),
        delimiter=data.get("delimiter", ","),
        decimal_mark=data.get("decimal_mark", "."),
    )


def _left_out(lines: tuple[FormLine, ...], entries: list[dict[str, Any]], cells: frozenset[CellKey]) -> list[CellKey]:
    """A code, zone, agency or programme without a line of its own must not vanish in silence: the notes name it."""
    mapped = {line.key for line in lines}
    asked = {
        (row.key, SLICES.get(entry["by"], "breakdown_code"))
        for entry in entries
        if "by" in entry
        for row in rows_of(entry)
    }
    found = {cell for key, column in asked for cell in cells - mapped if same_but(cell, key, column)}
    return sorted(found, key=lambda cell: [part or "" for part in cell])


def problem_of_template(funder: Funder, what: str, instead: str, line: int | None = None) -> ExpectationsError:
    """A form whose template and map do not fit each other, at the row of the header if no other line is given."""
    assert funder.form.template is not None
    file = f"{funder.form.template.parent.name}/{funder.form.template.name}"
    return ExpectationsError([Problem(file, line or funder.form.header_row, what, instead)])
