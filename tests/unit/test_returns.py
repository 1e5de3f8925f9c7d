"""An annotated return shows each bad cell at its place, cannot run, and its e-mail text tells nothing of anyone."""

from __future__ import annotations

import io
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from dagster_project.check_file import check_file
from dagster_project.contracts import Expectations
from dagster_project.feedback.cells import sheet_name
from dagster_project.feedback.findings import list_findings
from dagster_project.feedback.returns import write_feedback
from dagster_project.feedback.workbook import PLACE
from dagster_project.settings import Settings
from dagster_project.submissions import FileFinding
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, drop, lines
from tests.unit.returned_files import (
    AS_OF,
    build,
    comments,
    filled_in,
    looks,
    partners,
    parts_of,
    received_on,
    the_return,
)

PERSON = "A1,Marie,Zyxname,1980-02-03,F,G1A 1A1,,,"
HEADERS = ENROLMENTS_HEADER.split(",")
CASES = [
    ["E1", "A1", "P1", "2026-01-05", "", ""],
    ["E2", "A1", "P1", "2026-02-30", "", ""],
    ["E3", "A1", "P1", "2026-01-05", "", ""],
    ["E3", "A1", "P1", "2026-01-06", "", ""],
    ["E4", "A1", "Zyxcode", "2026-01-05", "", ""],
]
# A text that would run, lead away or be taken for something else, if it were not written as text.
HOSTILE = [
    "=1+1", "+1", "-2+3", "@SUM(1)", "=HYPERLINK(\"http://evil.example\")", "https://evil.example",
    "mailto:a@b.example", "<r><t>rich</t></r>", "_x0041_", "{=1}", "00123", "1e5", "2026-01-01",
    "internal:Sheet!A1", "a & b < c",
]  # fmt: skip


@pytest.fixture
def room(tmp_path: Path) -> tuple[Settings, Expectations]:
    settings, expectations = partners(tmp_path)
    drop(settings, "clinic", "persons_2026-01.csv", lines(PERSONS_HEADER, PERSON))
    return settings, expectations


def as_csv(rows: list[list[str]]) -> bytes:
    return lines(*(",".join(row) for row in [HEADERS, *rows])).encode()


def as_workbook(rows: list[list[str]]) -> bytes:
    """Headers in row 4 below titles, and a row of totals."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as workbook:
        sheet = workbook.add_worksheet("Cases open")
        sheet.write(0, 0, "Register of cases")
        for n, row in enumerate([HEADERS, *rows, ["Total", "5"]], 3):
            for m, value in enumerate(row):
                sheet.write_string(n, m, value)
    return content.getvalue()


def as_zip(rows: list[list[str]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("enrolments.csv", as_csv(rows))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sheet", "first"),
    [
        ("enrolments_2026-01.csv", as_csv(CASES), "Data", 2),
        ("register_2026-01.xlsx", as_workbook(CASES), "Cases open", 5),
        ("pack_2026-01.zip", as_zip(CASES), "enrolments.csv", 2),
    ],
    ids=["text", "workbook", "zip"],
)
def test_each_bad_cell_is_marked_at_its_place(
    room: tuple[Settings, Expectations], name: str, content: bytes, sheet: str, first: int
) -> None:
    settings, expectations = room
    drop(settings, "clinic", name, content)
    build(settings, expectations)
    path = the_return(settings, "clinic", Path(name).stem)
    said, fills = comments(path, sheet), looks(path, sheet)
    bad_date, bad_code = f"D{first + 1}", f"C{first + 4}"
    # Two rows with one number are marked as rows: light all along, the comment on the first cell.
    twins = {f"A{first + 2}", f"A{first + 3}"}
    assert set(said) == {bad_date, bad_code, *twins}
    assert "exists as written" in said[bad_date]
    assert "'program'" in said[bad_code]
    assert all("same number" in said[cell] for cell in twins)
    strong = {cell for cell, (colour, _) in fills.items() if colour in ("F4B183", "FFD966")}
    light = {cell for cell, (colour, _) in fills.items() if colour in ("FCE9DC", "FFF7DD")}
    assert strong == {bad_date, bad_code}
    assert light == {f"{letter}{first + n}" for letter in "ABCDEF" for n in (2, 3)}
    cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    assert cells[first - 2] == HEADERS
    assert cells[first - 1 : first + 4] == CASES


def test_findings_are_grouped_by_rule_with_their_rows(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    bad = [[f"E{n}", "A1", "P1", "2026-02-30" if n in (3, 4, 5, 9) else "2026-01-05", "", ""] for n in range(1, 11)]
    drop(settings, "centre", "persons_2026-01.csv", lines(PERSONS_HEADER, PERSON))
    drop(settings, "centre", "enrolments_2026-01.csv", as_csv(bad))
    build(settings, expectations)
    rows = findings(the_return(settings, "centre", "enrolments_2026-01"))
    assert len(rows) == 1
    line = {name: rows[0][number] for name, number in PLACE.items()}
    assert (line["dataset"], line["sheet"], line["column"]) == ("Inscriptions", "Données", "entry")
    assert (line["count"], line["example"], line["places"]) == (4, "Ligne 4", "4–6, 10")
    assert "mise de côté" in line["effect"]
    assert line["remedy"]


def findings(path: Path) -> list[list[Any]]:
    workbook = CalamineWorkbook.from_path(str(path))
    return workbook.get_sheet_by_name(workbook.sheet_names[1]).to_python()[1:]


def test_no_cell_can_run_or_lead_anywhere(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    rows = [
        [f"E{n}", "A1", '"' + text.replace('"', '""') + '"', "2026-02-30", "", ""] for n, text in enumerate(HOSTILE)
    ]
    drop(settings, "clinic", "enrolments_2026-01.csv", as_csv(rows))
    drop(settings, "clinic", "=HYPERLINK(1).csv", "a\n1\n")
    build(settings, expectations)
    path = the_return(settings, "clinic", "enrolments_2026-01")
    cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Data").to_python()
    assert [row[2] for row in cells[1:]] == HOSTILE, "to the letter"
    formats = looks(path, "Data")
    assert all(formats[f"C{n}"][1] == "49" for n in range(2, len(HOSTILE) + 2)), "text, also when edited"
    for returned in settings.feedback.rglob("*.xlsx"):
        for name, text in parts_of(returned).items():
            assert "<f>" not in text, name
            assert "<f " not in text, name
            assert "<hyperlink" not in text, name
            assert "External" not in text, name


def test_the_text_for_an_e_mail_holds_counts_and_rules_only(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    drop(settings, "clinic", "enrolments_2026-01_Zyxfile.csv", as_csv(CASES))
    drop(settings, "clinic", "Zyxstray.csv", "Zyxheader\n1\n")
    drop(settings, "Zyxfolder", "persons_2026-01.csv", "a\n1\n")
    build(settings, expectations)
    texts = [path.read_text(encoding="utf-8") for path in settings.feedback.rglob("*.txt")]
    assert len(texts) == len(list(settings.feedback.rglob("*.xlsx"))) == 4
    assert not any("Zyx" in text for text in texts)
    text = the_return(settings, "clinic", "enrolments_2026-01_Zyxfile", ".txt").read_text(encoding="utf-8")
    words = expectations.finding_words
    assert f"- 2 × {words['conflicting_rows'].label['en']}" in text
    assert f"- 1 × {words['unmapped_code'].label['en']}" in text
    assert "Rows set aside: 3" in text
    assert "entry" not in text
    assert "safe way" in text


def test_the_summary_tells_what_changed_and_how_far_columns_are_filled(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    drop(settings, "clinic", "enrolments_2026-01.csv", as_csv(CASES))
    later = [["E9", "A1", "P1", "2026-02-05", "2026-02-06", ""], CASES[0]]
    drop(settings, "clinic", "enrolments_2026-02.csv", as_csv(later))
    build(settings, expectations)
    rows = summary(the_return(settings, "clinic", "enrolments_2026-02"))
    assert ["Enrolments", 2, 5, -3, 0, 4] in rows
    assert any("2026-01-01 to 2026-01-31" in str(row[1]) for row in rows)
    assert ["Enrolments", "exit", 0.5] in [row[:3] for row in rows]
    assert ["Enrolments", "entry", 1] in [row[:3] for row in rows]
    rows = summary(the_return(settings, "clinic", "enrolments_2026-01"))
    # A date that does not exist is filled in all the same.
    assert ["Enrolments", "entry", 1] in [row[:3] for row in rows]
    assert ["Enrolments", 5, "–", "–", 4, "–"] in rows


def summary(path: Path) -> list[list[Any]]:
    workbook = CalamineWorkbook.from_path(str(path))
    return workbook.get_sheet_by_name(workbook.sheet_names[0]).to_python()


def test_only_files_that_still_matter_bring_their_cells_back(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    drop(settings, "clinic", "enrolments_2026-01.csv", as_csv(CASES))
    drop(settings, "clinic", "enrolments_2026-01_v2.csv", as_csv(CASES[:2]))
    drop(settings, "clinic", "enrolments_2026-02.csv", as_csv([["E7", "A1", "P1", "2026-02-05", "", ""]]))
    drop(settings, "clinic", "register_2026-01.xlsx", b"no workbook")
    received_on(settings, "clinic", {"enrolments_2026-01.csv": "2026-02-01", "enrolments_2026-01_v2.csv": "2026-02-02"})
    build(settings, expectations)
    sheets = {
        path.stem.rpartition("_")[0]: CalamineWorkbook.from_path(str(path)).sheet_names[2:-1]
        for path in (settings.feedback / "clinic").glob("*.xlsx")
    }
    assert sheets == {
        "persons_2026-01": [],
        "enrolments_2026-01": [],
        "enrolments_2026-01_v2": ["Data"],
        "enrolments_2026-02": [],
        "register_2026-01": [],
    }


def test_a_missing_column_is_told_at_the_headers(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    drop(settings, "clinic", "enrolments_2026-01.csv", lines("number,id,program,exit,destination", "E1,A1,P1,,"))
    build(settings, expectations)
    path = the_return(settings, "clinic", "enrolments_2026-01")
    assert "'entry'" in comments(path, "Data")["A1"]
    assert "Could not be used" in str(summary(path))


def test_a_large_file_brings_back_the_rows_with_findings(
    room: tuple[Settings, Expectations], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, expectations = room
    monkeypatch.setattr("dagster_project.feedback.sheets.MOST_CELLS", 10)
    drop(settings, "clinic", "enrolments_2026-01.csv", as_csv(CASES))
    build(settings, expectations)
    path = the_return(settings, "clinic", "enrolments_2026-01")
    cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Data").to_python(skip_empty_area=False)
    assert cells[0] == HEADERS
    assert cells[1] == [""] * 6
    assert cells[2] == CASES[1], "at its own row number"
    assert "only the rows with findings" in str(summary(path))


def test_sheets_keep_their_names_as_far_as_a_workbook_allows() -> None:
    taken = {"summary"}
    assert sheet_name("Summary", taken) == "Summary (2)"
    assert sheet_name("a/b:c", taken) == "a_b_c"
    long = [sheet_name("x" * 40, taken) for _ in range(2)]
    assert long == ["x" * 31, "x" * 27 + " (2)"]
    assert sheet_name("''", taken) == "1"


def test_a_proposal_of_reading_stands_in_the_return_and_not_in_a_check(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    drop(settings, "clinic", "enrolments_2026-01.csv", as_csv(CASES[:1]))
    submissions, _, _ = build(settings, expectations)
    (submission,) = (s for s in submissions if s.path == "enrolments_2026-01.csv")
    found = FileFinding("unreadable_value", "enrolments", None, "entry_date", row=2, proposal="Perhaps day and month.")
    submission.findings.append(found)
    write_feedback(settings, expectations, submissions, AS_OF)
    path = the_return(settings, "clinic", "enrolments_2026-01")
    (line,) = findings(path)
    assert line[PLACE["remedy"]].endswith(" Perhaps day and month.")
    assert comments(path, "Data")["D2"].endswith(" Perhaps day and month.")
    (placed,) = list_findings(expectations, submission, "accepted", [])
    assert "Perhaps" not in str(asdict(placed.shown))
    assert "Perhaps" not in the_return(settings, "clinic", "enrolments_2026-01", ".txt").read_text(encoding="utf-8")


def test_a_check_names_the_rule_of_each_finding(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    build(settings, expectations)
    file = settings.data / "enrolments_2026-01.csv"
    file.write_bytes(as_csv(CASES))
    judgement = check_file(settings, expectations, file, "clinic")
    assert [(found["code"], found["row"], found["column"]) for found in asdict(judgement)["findings"]] == [
        ("unreadable_value", 3, "entry"),
        ("conflicting_rows", 4, ""),
        ("conflicting_rows", 5, ""),
        ("unmapped_code", 6, "program"),
    ]
    assert judgement.verdict == "quarantine"


def test_a_replaced_or_repeated_file_asks_nothing(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    drop(settings, "clinic", "enrolments_2026-01.csv", as_csv(CASES))
    drop(settings, "clinic", "enrolments_2026-01_again.csv", as_csv(CASES))
    drop(settings, "clinic", "enrolments_2026-01_v2.csv", as_csv(CASES[:-1]))
    received_on(settings, "clinic", {"enrolments_2026-01.csv": "2026-02-01"})
    build(settings, expectations)
    for stem in ("enrolments_2026-01", "enrolments_2026-01_again"):
        path = the_return(settings, "clinic", stem)
        assert findings(path)
        with pytest.raises(AssertionError, match="is no cell to answer in"):
            filled_in(path, {2: ("explained", "", "")})
        assert "ask nothing of you" in str(summary(path))
        assert " × " not in path.with_suffix(".txt").read_text(encoding="utf-8")


def test_a_row_that_cannot_be_read_shows_its_cells_as_far_as_they_are_read(
    room: tuple[Settings, Expectations],
) -> None:
    settings, expectations = room
    drop(settings, "clinic", "enrolments_2026-01.csv", as_csv([CASES[0], [*CASES[1], "one too many"]]))
    build(settings, expectations)
    path = the_return(settings, "clinic", "enrolments_2026-01")
    cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Data").to_python(skip_empty_area=False)
    assert cells[2] == [*CASES[1], "one too many"]
    assert set(comments(path, "Data")) == {"A3"}
