"""The lines of a funder's form with their figures, or with the word for why there is none.

Belongs here: what goes into each line. Stays out: where it stands in the form (layout.py), and files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dagster_project.contracts.funder_forms import SLICES, CellKey, FormLine, Funder
from dagster_project.funder_reports.published import Publication
from dagster_project.funder_reports.words import WORDS

SHOWN, MISSING = "shown", "missing"
# A cell that other years have: an agency that joined later, a programme that ended.
_NOT_IN_YEAR = {
    "suppression": MISSING,
    "missing_reason": "not_applicable",
    "status": "final",
    "submissions_received": 0,
    "submissions_expected": 0,
    "receipt_id": "",
    "value_low": None,
    "value_high": None,
    "bound_low": None,
    "bound_high": None,
}


@dataclass(frozen=True)
class FilledLine:
    """A line with its cell. `figure` is a number, or the funder's word where it is hidden or missing."""

    line: FormLine
    cell: dict[str, Any]
    indicator: dict[str, Any]
    figure: float | str
    decimals: int

    @property
    def is_hidden(self) -> bool:
        return isinstance(self.figure, str) and self.cell["suppression"] != MISSING

    @property
    def is_provisional(self) -> bool:
        return bool(self.cell["status"] == "provisional" and not isinstance(self.figure, str))


@dataclass(frozen=True)
class Report:
    """A funder's form of one year, filled. `left_out` are cells that might stand in it and do not."""

    funder: Funder
    publication: Publication
    lines: tuple[FilledLine, ...]
    left_out: tuple[CellKey, ...]

    def label(self, kind: str, code: str) -> str:
        """The word for a code in the language of the form."""
        row = self.publication.labels.get((kind, code))
        return str(row[f"label_{self.funder.language}"]) if row else code

    def in_form(self, filled: FilledLine, holds: str) -> float | str:
        """What a column of the form holds of a line."""
        words, language = WORDS[self.funder.language], self.funder.language
        texts = {
            "line": filled.line.line,
            "label": filled.line.label,
            "code": filled.line.code,
            "unit": filled.indicator[f"unit_{language}"] if filled.line.part == "value" else "",
            # Where there is no figure to see, none is final.
            "status": "" if filled.is_hidden else self.label("status", filled.cell["status"]),
            "coverage": words["of"].format(
                received=filled.cell["submissions_received"], expected=filled.cell["submissions_expected"]
            ),
            "definition": filled.indicator["definition_version"],
            "receipt": filled.cell["receipt_id"],
        }
        return filled.figure if holds == "figure" else str(texts[holds])

    def between(self, filled: FilledLine, name: str) -> str:
        """The `value` or the `bound` of a figure from the low to the high one; nothing where none is given."""
        low, high = filled.cell[f"{name}_low"], filled.cell[f"{name}_high"]
        if isinstance(filled.figure, str) or filled.line.part != "value" or low is None or high is None:
            return ""
        low, high = (f"{x:.{filled.decimals}f}".replace(".", self.funder.form.decimal_mark) for x in (low, high))
        return WORDS[self.funder.language]["between"].format(low=low, high=high)

    def slice_of(self, key: CellKey) -> str:
        """Of whom a figure is, in words."""
        parts = [self.label(name, code) for name, column in SLICES.items() if (code := getattr(key, column))]
        if key.breakdown_kind and key.breakdown_code:
            kind = self.label("breakdown_kind", key.breakdown_kind)
            parts.append(self.which(kind, [self.label(key.breakdown_kind, key.breakdown_code)]))
        return ", ".join(parts) or WORDS[self.funder.language]["all"]

    def which(self, what: str, which: list[str]) -> str:
        """Something and its parts, with the colon of the language."""
        return WORDS[self.funder.language]["which"].format(what=what, which=", ".join(which))

    def told_left_out(self) -> list[str]:
        """What the form leaves out of that by which it has lines: one text for each indicator."""
        titles = {name: row[f"title_{self.funder.language}"] for name, row in self.publication.indicators.items()}
        parts: dict[str, list[str]] = {}
        for key in self.left_out:
            parts.setdefault(titles[key.indicator_id], []).append(self.slice_of(key))
        return [self.which(title, slices) for title, slices in parts.items()]


def fill(funder: Funder, publication: Publication) -> Report:
    """Put the published figures of the funder's year into its lines."""
    cells = publication.cells(funder.year_kind, funder.year)
    # Of what is missing there is nothing to leave out.
    left_out = tuple(key for key in funder.left_out if key in cells and cells[key]["suppression"] != MISSING)
    report = Report(funder, publication, (), left_out)
    filled = []
    for line in funder.lines:
        cell, indicator = cells.get(line.key, _NOT_IN_YEAR), publication.indicators[line.key.indicator_id]
        # How many there are is whole, whatever the figure over them is rounded to.
        decimals = int(indicator["decimals"]) if line.part == "value" else 0
        filled.append(FilledLine(line, cell, indicator, _figure(report, line, cell), decimals))
    return replace(report, lines=tuple(filled))


def _figure(report: Report, line: FormLine, cell: dict[str, Any]) -> float | str:
    if cell["suppression"] == MISSING:
        reason = cell["missing_reason"]
        return report.funder.missing.get(reason) or report.label("missing_reason", reason)
    value = cell[line.part]
    # What is not said to be shown is hidden, whatever the reason is called; a zero never stands for it.
    return report.funder.hidden if cell["suppression"] != SHOWN or value is None else float(value)
