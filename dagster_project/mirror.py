"""The mirror: an agency's own figures, none hidden from it, beside the region's published ones.

Belongs here: choosing the figures and writing them as a workbook in the agency's language. Stays out: computing any.
Of others the mirror holds only what is published, and it lies in a private room: its figures may be of few families.
"""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from dagster_project.contracts import Agreement, Initiative
from dagster_project.contracts.template_kind import LONGEST_SHEET_NAME, NOT_IN_SHEET_NAMES
from dagster_project.mirror_words import WORDS, notes
from dagster_project.settings import Settings
from dagster_project.whole_files import quoted
from dagster_project.words import LABELS

# Intervals of a kind: the last, and those before it for the trend.
INTERVALS_SHOWN = 6
# What an agency does not collect, or is not there for it, is no line of its mirror.
NOT_ITS_OWN = ("not_applicable", "not_collected")

Row = dict[str, Any]


class NothingToMirrorError(Exception):
    """Nothing is built or published yet, or nothing of this agency."""


@dataclass(frozen=True)
class Mirror:
    """What the workbook shows: `cells` of this agency, each with the region's published one (`region_...`)."""

    as_of: date
    published: Row
    cells: list[Row]


def read_mirror(settings: Settings, agency_id: str, language: str) -> Mirror:
    """The agency's cells of the latest intervals. Raises `NothingToMirrorError`."""
    assert language in WORDS
    if not settings.warehouse.exists() or not (settings.published / "indicator_values.parquet").exists():
        raise NothingToMirrorError
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        cells = (
            connection.execute(
                _SQL.format(
                    language=language,
                    values=quoted(settings.published / "indicator_values.parquet"),
                    intervals=quoted(settings.published / "intervals.parquet"),
                    shown=INTERVALS_SHOWN,
                ),
                [agency_id],
            )
            .to_arrow_table()
            .to_pylist()
        )
        as_of = connection.execute("select as_of from marts.dim_build").fetchall()[0][0]
        publication = (
            connection.execute(f"from {quoted(settings.published / 'publication.parquet')}")
            .to_arrow_table()
            .to_pylist()[0]
        )
    own = {_line(c) for c in cells if c["value"] is not None or c["missing_reason"] not in NOT_ITS_OWN}
    cells = [cell for cell in cells if _line(cell) in own]
    if not cells:
        raise NothingToMirrorError
    return Mirror(as_of, publication, cells)


# Of the region only what is published: the cell over all agencies of the same indicator, interval and breakdown.
_SQL = """
    with intervals as (
      select *, row_number() over (partition by interval_kind order by interval_start desc) as age
      from {intervals}
    )
    select v.*, i.label_{language} as interval_label, i.kind_label_{language} as kind_label, i.kind_order, i.age,
      d.title_{language} as title, d.unit_{language} as unit, d.decimals,
      p.name_{language} as program_name,
      kind.label_{language} as breakdown_label, code.label_{language} as code_label,
      r.value as region_value, r.missing_reason as region_missing_reason, r.suppression as region_suppression,
      own.value as public_value, own.suppression as public_suppression
    from marts.fct_indicator_values as v
    join intervals as i using (interval_kind, interval_start)
    join marts.dim_indicators as d using (indicator_id)
    left join marts.dim_programs as p on p.program_id = v.program_id
    left join marts.dim_labels as kind on kind.kind = 'breakdown_kind' and kind.code = v.breakdown_kind
    left join marts.dim_labels as code on code.kind = v.breakdown_kind and code.code = v.breakdown_code
    left join {values} as r
      on r.indicator_id = v.indicator_id and r.interval_kind = v.interval_kind
      and r.interval_start = v.interval_start and r.agency_id is null and v.program_id is null and r.program_id is null
      and r.zone_id is not distinct from v.zone_id
      and r.breakdown_kind is not distinct from v.breakdown_kind
      and r.breakdown_code is not distinct from v.breakdown_code
    left join {values} as own
      on own.indicator_id = v.indicator_id and own.interval_kind = v.interval_kind
      and own.interval_start = v.interval_start and own.agency_id = v.agency_id
      and own.program_id is not distinct from v.program_id and own.zone_id is not distinct from v.zone_id
      and own.breakdown_kind is not distinct from v.breakdown_kind
      and own.breakdown_code is not distinct from v.breakdown_code
    where v.agency_id = ? and i.age <= {shown}
    order by i.kind_order, d.headline_order nulls last, d.title_{language},
      kind.sort_order nulls first, code.sort_order nulls first, v.program_id nulls first, i.interval_start
"""


def mirror_workbook(mirror: Mirror, agreement: Agreement, initiative: Initiative) -> bytes:
    """The notes, a sheet for each kind of interval, and one with programmes and breakdowns."""
    import xlsxwriter

    stream = io.BytesIO()
    words = WORDS[agreement.language]
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        writer = _Writer(workbook, agreement.language)
        writer.write_notes(notes(mirror.as_of, mirror.published, agreement, initiative))
        totals = [cell for cell in mirror.cells if not cell["program_id"] and not cell["breakdown_kind"]]
        for kind_label in dict.fromkeys(cell["kind_label"] for cell in totals):
            writer.write_trend(kind_label, [cell for cell in totals if cell["kind_label"] == kind_label])
        parts = [c for c in mirror.cells if (c["program_id"] or c["breakdown_kind"]) and c["age"] == 1]
        writer.write_parts(words["details"], [c for c in parts if not _says_nothing(c)])
    return stream.getvalue()


def _line(cell: Row) -> tuple[Any, ...]:
    return tuple(cell[n] for n in ("interval_kind", "indicator_id", "program_id", "breakdown_kind", "breakdown_code"))


def _says_nothing(cell: Row) -> bool:
    """What the agency does not collect, and the zeros of all sectors that are not its own."""
    is_other_sector = cell["breakdown_kind"] == "sector" and cell["value"] == 0
    return is_other_sector or cell["missing_reason"] in NOT_ITS_OWN


class _Writer:
    """Writes sheets; a cell without a value holds the word that says why."""

    def __init__(self, workbook: Any, language: str):
        self._workbook, self._language, self._words = workbook, language, WORDS[language]
        self._header = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._plain = workbook.add_format({"text_wrap": True, "valign": "top"})
        self._bold = workbook.add_format({"bold": True, "valign": "top"})
        self._why = workbook.add_format({"italic": True, "font_color": "#595959", "valign": "top", "text_wrap": True})
        self._numbers: dict[tuple[int, bool], Any] = {}

    def write_notes(self, lines: list[tuple[str, str]]) -> None:
        sheet = self._workbook.add_worksheet(self._words["notes"])
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 100)
        for n, (heading, text) in enumerate(lines):
            sheet.write_string(n, 0, heading, self._bold)
            sheet.write_string(n, 1, text, self._plain)

    def write_trend(self, kind_label: str, cells: list[Row]) -> None:
        """One line an indicator: its last intervals here, then in the region, and what the public sees of the last."""
        starts = sorted({cell["interval_start"] for cell in cells})
        labels = {cell["interval_start"]: cell["interval_label"] for cell in cells}
        by_indicator: dict[str, dict[date, Row]] = defaultdict(dict)
        for cell in cells:
            by_indicator[cell["indicator_id"]][cell["interval_start"]] = cell
        us, region = self._words["us"], self._words["region"]
        headers = [self._words["indicator"], self._words["unit"], *(f"{us}\n{labels[s]}" for s in starts)]
        headers += [self._words["numerator"], self._words["denominator"], self._words["status"]]
        headers += [*(f"{region}\n{labels[s]}" for s in starts), self._words["public"]]
        sheet = self._table(kind_label, headers)
        for n, of_indicator in enumerate(by_indicator.values(), 1):
            latest = of_indicator[max(of_indicator)]
            sheet.write_string(n, 0, latest["title"], self._plain)
            sheet.write_string(n, 1, latest["unit"], self._plain)
            for m, start in enumerate(starts):
                of_start = of_indicator.get(start)
                self._value(sheet, n, 2 + m, of_start, "", start == starts[-1])
                self._value(sheet, n, 5 + len(starts) + m, of_start, "region_", start == starts[-1])
            self._counts(sheet, n, 2 + len(starts), latest)
            sheet.write_string(n, 4 + len(starts), self._label("status", latest["status"]), self._plain)
            self._value(sheet, n, 5 + 2 * len(starts), latest, "public_")

    def write_parts(self, name: str, cells: list[Row]) -> None:
        """One line a cell of the latest intervals: by programme, and by age, need, language and so on."""
        words = self._words
        headers = [words[w] for w in ("indicator", "unit", "interval", "by", "part", "us", "numerator", "denominator")]
        sheet = self._table(name, [*headers, words["region"], words["public"]])
        for n, cell in enumerate(cells, 1):
            by = cell["breakdown_label"] or cell["breakdown_kind"] or words["program"]
            part = cell["code_label"] or cell["breakdown_code"] or cell["program_name"] or cell["program_id"]
            for m, text in enumerate((cell["title"], cell["unit"], cell["interval_label"], by, part)):
                sheet.write_string(n, m, text, self._plain)
            self._value(sheet, n, 5, cell, "", True)
            self._counts(sheet, n, 6, cell)
            self._value(sheet, n, 8, cell, "region_")
            self._value(sheet, n, 9, cell, "public_")
        sheet.autofilter(0, 0, max(len(cells), 1), len(headers) + 1)

    def _table(self, name: str, headers: list[str]) -> Any:
        sheet = self._workbook.add_worksheet(name.translate(NOT_IN_SHEET_NAMES)[:LONGEST_SHEET_NAME])
        sheet.set_column(0, 0, 48)
        sheet.set_column(1, len(headers), 15)
        sheet.set_row(0, 48)
        sheet.write_row(0, 0, headers, self._header)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _value(self, sheet: Any, row: int, column: int, cell: Row | None, whose: str, is_latest: bool = False) -> None:
        """A figure, or why there is none. A hidden one is never a zero."""
        value = cell[f"{whose}value"] if cell else None
        if cell and value is not None and cell.get(f"{whose}suppression", "shown") == "shown":
            sheet.write_number(row, column, value, self._number(cell["decimals"], is_latest and not whose))
            return
        reason = cell.get(f"{whose}missing_reason") if cell else None
        if cell and cell.get(f"{whose}suppression") == "hidden":
            word = self._words["hidden"]
        elif cell and whose == "public_":
            word = self._words["not_shown"]
        else:
            word = self._label("missing_reason", reason) if reason else "–"
        sheet.write_string(row, column, word, self._why)

    def _counts(self, sheet: Any, row: int, column: int, cell: Row) -> None:
        """What a share or a mean is of; a count is its own numerator."""
        for n, name in enumerate(("numerator", "denominator")):
            if cell["denominator"] is not None and cell[name] is not None:
                whole = float(cell[name]).is_integer()
                sheet.write_number(row, column + n, cell[name], self._number(0 if whole else 1, False))

    def _number(self, decimals: int, is_bold: bool) -> Any:
        key = (decimals, is_bold)
        if key not in self._numbers:
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            self._numbers[key] = self._workbook.add_format({"num_format": pattern, "bold": is_bold, "valign": "top"})
        return self._numbers[key]

    def _label(self, kind: str, code: str) -> str:
        labels = {(k, c): {"en": english, "fr": french} for k, c, english, french in LABELS}
        return labels[kind, code][self._language]
