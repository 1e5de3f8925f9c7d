"""Rows go from a file of any kind, and every other row stays at its number; what cannot be done so is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dagster_project.contracts import Expectations, FileKind, load_expectations
from dagster_project.intake.extracting import needed_headers
from dagster_project.intake.reading import Sheet, UnusableFileError
from dagster_project.intake.reading.agreed import read_agreed
from dagster_project.intake.recognition import recognise
from dagster_project.removal.redacting import CannotRedactError, without_rows
from tests.fixtures.cases import Case, drop_cases, load_cases
from tests.fixtures.workbook_files import book

# What a workbook hides, merges or fails to calculate is lost with its cells' surroundings; so small a file that one row
# less is read otherwise; a zip with two members of one name.
REFUSED = {
    "text/trailing_delimiters_below_header_personnes_2026-01.csv",
    "workbooks/merged_over_rows_visits_2026-01.xlsx",
    "workbooks/merged_over_columns_personnes_2026-01.xlsx",
    "workbooks/failed_formula_visits_2026-01.xlsx",
    "workbooks/failed_formula_personnes_2026-01.xlsx",
    "workbooks/formula_without_value_visits_2026-01.xlsx",
    "workbooks/merged_over_rows_visits_2026-01.xls",
    "zips/two_members_of_one_name_export_2026-01.zip",
}


def test_any_row_of_nearly_every_file_can_go(tmp_path: Path) -> None:
    cases = load_cases()
    settings = drop_cases(tmp_path / "roots", cases)
    expectations = load_expectations(settings.expectations)
    refused, tried = set(), 0
    for case in cases:
        path = settings.raw / case.agency_id / case.drop_as
        for which in (0, -1):
            done = redact(expectations, case, path, which, tmp_path)
            tried += done is not None
            if done is False:
                refused.add(case.file)
    assert tried > 300
    assert refused == REFUSED


def redact(expectations: Expectations, case: Case, path: Path, which: int, room: Path) -> bool | None:
    """Whether one row of each sheet could be taken out; None where there is none. Row numbers of others must stay."""
    agreement = expectations.agreements.get(case.agency_id)
    kind = recognise(agreement, path.name).kind if agreement else None
    if kind is None or not path.is_file():
        return None
    needed = needed_headers(kind, expectations)
    try:
        before = {n: s for n, s in read_agreed(path, kind, needed).sheets.items() if isinstance(s, Sheet)}
    except UnusableFileError:
        return None
    numbers = {name: sheet.rows["_row_number"].to_pylist() for name, sheet in before.items() if sheet.rows.num_rows}
    if not numbers:
        return None
    out = {name: {of_sheet[which]} for name, of_sheet in numbers.items()}
    try:
        (room / "made").write_bytes(without_rows(path.read_bytes(), kind, needed, out, room))
    except CannotRedactError:
        return False
    after = read_agreed(room / "made", kind, needed)
    for name, of_sheet in numbers.items():
        kept = after.open_sheet(name).rows["_row_number"].to_pylist()
        assert kept == [number for number in of_sheet if number not in out[name]], case.file
    return True


def test_a_row_over_several_lines_goes_whole_and_the_bytes_of_all_others_stay(tmp_path: Path) -> None:
    kind = FileKind(pattern="", kind="text", delivers="month", encoding="cp1252", delimiter=";")
    content = 'id;note\r\n1;été\r\n2;"Zyx\r\nlives\r\nhere"\r\n3;"a;b"\r\n'.encode("cp1252")
    made = without_rows(content, kind, {None: frozenset()}, {None: {3}}, tmp_path)
    assert made == 'id;note\r\n1;été\r\n\r\n3;"a;b"\r\n'.encode("cp1252")


def test_nothing_of_the_old_workbook_is_carried_over_but_the_agreed_sheets(tmp_path: Path) -> None:
    content = book({"Visits": [["id", "note"], ["1", "kept"], ["2", "Zyx"]], "Notes": [["Zyx again"]]})
    kind = FileKind(pattern="", kind="workbook", delivers="month")
    made = without_rows(content, kind, {"Visits": frozenset()}, {"Visits": {3}}, tmp_path)
    (tmp_path / "made.xlsx").write_bytes(made)
    workbook = CalamineWorkbook.from_path(tmp_path / "made.xlsx")
    assert workbook.sheet_names == ["Visits"]
    assert workbook.get_sheet_by_name("Visits").to_python() == [["id", "note"], ["1", "kept"]]
    assert list(tmp_path.glob("redact*")) == [], "no copy stays behind"


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    kind = FileKind(pattern="", kind="workbook", delivers="month")
    with pytest.raises(CannotRedactError):
        without_rows(b"PK no workbook", kind, {"Visits": frozenset()}, {"Visits": {2}}, tmp_path)
