"""Every agreed kind of file becomes the same rows of text, each with its row number; what cannot be read is refused."""

from __future__ import annotations

import io
import struct
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from dagster_project.contracts import FileKind
from dagster_project.intake.reading import Sheet, UnusableFileError, open_file
from dagster_project.intake.reading.inside import look_inside
from dagster_project.intake.reading.workbooks import Workbook
from tests.made_files import TEXT, agreed, opendocument, workbook, zipped

Row = tuple[Any, ...]
FEW, MANY, QUOTE = "too_few_cells", "too_many_cells_in_row", "stray_quote"
CANARY = "Zyxcanary"


def read(path: Path, content: bytes, kind: FileKind, sheet: str | None = None) -> Sheet:
    path.write_bytes(content)
    return open_file(path, kind)(sheet)


def rows_of(sheet: Sheet) -> list[Row]:
    """Row number and cells of each row, in the order of the file; of a faulty row its fault, for it shows no cell."""
    cells = [f"c{n}" for n in range(len(sheet.headers))]
    rows = sheet.rows.to_pylist()
    for row in rows:
        assert row["_fault"] is None or all(row[cell] is None for cell in cells)
    return [
        (row["_row_number"], row["_fault"]) if row["_fault"] else (row["_row_number"], *(row[cell] for cell in cells))
        for row in rows
    ]


@pytest.mark.parametrize(
    ("content", "kind", "headers", "rows"),
    [
        pytest.param(b"id,name\n1,Ann\n", TEXT, ["id", "name"], [(2, "1", "Ann")], id="commas"),
        pytest.param(
            "nº;prénom\n1;Zoé\n".encode("cp1252"),
            agreed(delimiter=";", encoding="cp1252"),
            ["nº", "prénom"],
            [(2, "1", "Zoé")],
            id="semicolons and Windows-1252",
        ),
        pytest.param(
            "id\tprénom\r\n1\tZoé\r\n".encode("utf-16"),
            agreed(delimiter="\t", encoding="utf-16"),
            ["id", "prénom"],
            [(2, "1", "Zoé")],
            id="tabs and UTF-16 with its mark",
        ),
        pytest.param(
            b"\xfe\xff" + "id\tprénom\n1\tZoé\n".encode("utf-16-be"),
            agreed(delimiter="\t", encoding="utf-16"),
            ["id", "prénom"],
            [(2, "1", "Zoé")],
            id="UTF-16 of the other byte order",
        ),
        pytest.param(
            "prénom,id\nZoé,1\n".encode("utf-8-sig"), TEXT, ["prénom", "id"], [(2, "Zoé", "1")], id="mark of UTF-8"
        ),
        pytest.param(
            b"\xef\xbb\xbf" + b"Title\nid,name\n1,Ann\n",
            agreed(header_row=2),
            ["id", "name"],
            [(3, "1", "Ann")],
            id="mark of UTF-8 before a title",
        ),
        pytest.param(b"id\n007\n0010\n", TEXT, ["id"], [(2, "007"), (3, "0010")], id="zeros in front stay"),
        pytest.param(
            b"id,day,n\n1,2026-01-05,1e3\n",
            TEXT,
            ["id", "day", "n"],
            [(2, "1", "2026-01-05", "1e3")],
            id="nothing is guessed",
        ),
        pytest.param(
            b'id,note\n1,"two\nlines"\n2,"a ""quoted"", text"\n3,x\n',
            TEXT,
            ["id", "note"],
            [(2, "1", "two\nlines"), (3, "2", 'a "quoted", text'), (4, "3", "x")],
            id="quotes",
        ),
        pytest.param(b"id;note\n1;'a;b'\n", agreed(delimiter=";", quote="'"), ["id", "note"], [(2, "1", "a;b")]),
        pytest.param(
            b"Clinic\n\nid,name\n1,Ann\n", agreed(header_row=3), ["id", "name"], [(4, "1", "Ann")], id="title rows"
        ),
        pytest.param(
            b"id,name\n1,Ann\n\n,\n  , \n   \n\xc2\xa0,\n2,Bo\n",
            TEXT,
            ["id", "name"],
            [(2, "1", "Ann"), (8, "2", "Bo")],
            id="blank rows",
        ),
        pytest.param(b"id,name\n 1 , Ann  Lee \n", TEXT, ["id", "name"], [(2, "1", "Ann  Lee")], id="blanks around"),
        pytest.param(b"id,name\n1,\n,Bo\n", TEXT, ["id", "name"], [(2, "1", None), (3, None, "Bo")], id="blank cells"),
        pytest.param(
            b"id,n\n1,2\nTOTAL,2\n,total general\nTot,1\n",
            agreed(totals_label="Total"),
            ["id", "n"],
            [(2, "1", "2"), (5, "Tot", "1")],
            id="totals",
        ),
        pytest.param(
            b"Report\nid,name\n1,Ann\n2,Bo,Lee\n\n3,Cy\n4\n",
            agreed(header_row=2),
            ["id", "name"],
            [(3, "1", "Ann"), (4, MANY), (6, "3", "Cy"), (7, FEW)],
            id="rows with too many and too few cells",
        ),
        pytest.param(b"id,name\n1\n", TEXT, ["id", "name"], [(2, FEW)], id="only rows that do not fit"),
        pytest.param(
            b"id,,id\n1,x,2\n", TEXT, ["id", "", "id"], [(2, "1", "x", "2")], id="nameless and double headers"
        ),
    ],
)
def test_text_is_read_by_its_dialect(
    tmp_path: Path, content: bytes, kind: FileKind, headers: list[str], rows: list[Row]
) -> None:
    sheet = read(tmp_path / "file.csv", content, kind)
    assert sheet.headers == headers
    assert rows_of(sheet) == rows


@pytest.mark.parametrize(
    ("content", "kind", "rule_id"),
    [
        pytest.param(b"", TEXT, "empty_file", id="no byte"),
        pytest.param(b"\n\n", TEXT, "empty_file", id="blank lines"),
        pytest.param("\ufeff".encode(), TEXT, "empty_file", id="a mark alone"),
        pytest.param(b"id,name\n1,Ann\n", agreed(header_row=9), "empty_file", id="shorter than its titles"),
        pytest.param("prénom\nZyxcanaryé\n".encode("cp1252"), TEXT, "wrong_encoding", id="1252 for UTF-8"),
        pytest.param(b"a\nZyxcanary\x81\n", agreed(encoding="cp1252"), "wrong_encoding", id="bytes that 1252 lacks"),
        pytest.param(b"PK\x03\x04Zyxcanary", TEXT, "other_kind_of_file", id="a zip for a text"),
        pytest.param(b"<html><td>Zyxcanary</td></html>", TEXT, "other_kind_of_file", id="a page for a text"),
        pytest.param(b"a," * 2001 + b"a\n", TEXT, "too_many_columns", id="more columns than a table has"),
    ],
)
def test_text_that_cannot_be_read_is_refused_without_its_values(
    tmp_path: Path, content: bytes, kind: FileKind, rule_id: str
) -> None:
    refused(tmp_path / "file.csv", content, kind, rule_id)


def refused(path: Path, content: bytes, kind: FileKind, rule_id: str, sheet: str | None = None) -> None:
    with pytest.raises(UnusableFileError) as caught:
        read(path, content, kind, sheet)
    assert caught.value.rule_id == rule_id
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert CANARY not in repr(caught.value)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param("prénom\nZoé\n".encode(), agreed(encoding="cp1252"), id="UTF-8 for 1252"),
        pytest.param("prénom\nZoé\n".encode(), agreed(encoding="utf-16"), id="UTF-8 for UTF-16"),
        pytest.param("prénom\nZoé\n".encode("utf-16"), TEXT, id="UTF-16 for UTF-8"),
        pytest.param("prénom\nZoé\n".encode("utf-16-le"), TEXT, id="UTF-16 without its mark"),
    ],
)
def test_another_encoding_is_read_where_the_bytes_prove_it(tmp_path: Path, content: bytes, kind: FileKind) -> None:
    sheet = read(tmp_path / "file.csv", content, kind)
    assert (sheet.headers, rows_of(sheet)) == (["prénom"], [(2, "Zoé")])
    assert [noticed.rule_id for noticed in sheet.noticed] == ["other_encoding"]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(b'id,name\n1,"Ann\n2,Bo\n', [(2, QUOTE), (3, "2", "Bo")], id="a quote that never closes"),
        pytest.param(b'id,name\n"1,Ann\n2,Bo\n', [(2, QUOTE), (3, "2", "Bo")], id="a first quote that never closes"),
        pytest.param(
            b'id,name\n1,"Ann\n2,Bo\n3,"Cy\n4,Di\n',
            [(2, QUOTE), (3, "2", "Bo"), (4, QUOTE), (5, "4", "Di")],
            id="quotes that would swallow rows",
        ),
        pytest.param(b'id,name\n"1,"2,Ann"\n2,Bo\n', [(2, QUOTE), (3, "2", "Bo")], id="quotes in the wrong order"),
        pytest.param(b'id,name\n1,"Ann" Lee\n', [(2, QUOTE)], id="letters after a closing quote"),
        pytest.param(b'id,name\n1,5"3 tall\n', [(2, "1", '5"3 tall')], id="a quote in a text without quotes"),
        pytest.param(b"id,name,n\n1,Ann,2\n2;Bo;3\n", [(2, "1", "Ann", "2"), (3, "other_delimiter_in_row")], id="row"),
        pytest.param(b"id,name,\n1,Ann,\n2,Bo,\n", [(2, "1", "Ann", None), (3, "2", "Bo", None)], id="line ends"),
        pytest.param(b"id,name\n1,Ann,\n2,Bo,\n", [(2, "1", "Ann", None), (3, "2", "Bo", None)], id="body's line ends"),
        pytest.param(b"id,name\n1,A\x07n\n2,Bo\n", [(2, "control_characters"), (3, "2", "Bo")], id="a bell"),
        pytest.param(b"id,name\n1,A\x00n\n2,Bo\n", [(2, "control_characters"), (3, "2", "Bo")], id="a NUL"),
        pytest.param(b"id,name\n1," + b"x" * 40_000 + b"\n2,Bo\n", [(2, "cell_too_long"), (3, "2", "Bo")], id="long"),
        pytest.param(b"id,name\n1,Ann\nid,name\n2,Bo\n", [(2, "1", "Ann"), (4, "2", "Bo")], id="headers again"),
        pytest.param(b"id,name\n1,Total\nTotal :,2\n", [(2, "1", "Total"), (3, "totals_row")], id="totals"),
    ],
)
def test_a_row_that_breaks_the_rules_is_faulty_and_takes_no_other_with_it(
    tmp_path: Path, content: bytes, rows: list[Row]
) -> None:
    assert rows_of(read(tmp_path / "file.csv", content, TEXT)) == rows


@pytest.mark.parametrize("content", [b"id,name\n", b"id,name\n,\n\n", b"id,name\nTotal,0\n"])
def test_headers_without_rows_are_a_sheet_without_rows(tmp_path: Path, content: bytes) -> None:
    sheet = read(tmp_path / "file.csv", content, agreed(totals_label="Total"))
    assert (sheet.headers, rows_of(sheet)) == (["id", "name"], [])


def test_letters_are_ascii_in_any_agreed_encoding(tmp_path: Path) -> None:
    for encoding in ("cp1252", "latin-1", "utf-8", "utf-8-sig"):
        assert rows_of(read(tmp_path / "file.csv", b"id\n1\n", agreed(encoding=encoding))) == [(2, "1")]


def test_a_workbooks_cells_become_the_text_a_person_would_type(tmp_path: Path) -> None:
    cells = [1, 2.5, 0.1, date(2026, 1, 5), datetime(2026, 1, 5, 13, 30), True, "007", " x ", -3, 1234567890123]  # noqa: DTZ001
    content = workbook(People=[[f"h{n}" for n in range(len(cells))], cells])
    sheet = read(tmp_path / "file.xlsx", content, agreed(kind="workbook"), "People")
    assert rows_of(sheet) == [
        (2, "1", "2.5", "0.1", "2026-01-05", "2026-01-05 13:30:00", "1", "007", "x", "-3", "1234567890123")
    ]


OLD_WORKBOOK = Path(__file__).parents[1] / "fixtures" / "workbooks" / "clean_visits_2026-01.xls"
LABEL_CELL = b"\xfd\x00\x0a\x00"


def with_last_label_at(row: int, column: int) -> bytes:
    """The old workbook with its last cell of text at another place, as a damaged file may have it."""
    content = OLD_WORKBOOK.read_bytes()
    place = content.rindex(LABEL_CELL) + len(LABEL_CELL)
    return content[:place] + struct.pack("<HH", row, column) + content[place + 4 :]


def test_a_cell_beyond_an_old_workbooks_columns_is_damage_found_before_memory_is_asked_for(tmp_path: Path) -> None:
    kind = agreed(kind="workbook")
    path = tmp_path / "file.xls"
    path.write_bytes(with_last_label_at(65_535, 255))
    Workbook(path.read_bytes())
    path.write_bytes(with_last_label_at(65_535, 256))
    with pytest.raises(UnusableFileError, match="unreadable_file"):
        open_file(path, kind)


@pytest.mark.parametrize("length", [600, 2_000, 5_000])
def test_an_old_workbook_that_was_cut_off_is_refused(tmp_path: Path, length: int) -> None:
    path = tmp_path / "file.xls"
    path.write_bytes(OLD_WORKBOOK.read_bytes()[:length])
    with pytest.raises(UnusableFileError, match="unreadable_file"):
        open_file(path, agreed(kind="workbook"))


@pytest.mark.parametrize("change", [0x00, 0x01, 0x80, 0xFF])
def test_an_old_workbook_with_a_damaged_byte_is_read_or_refused(tmp_path: Path, change: int) -> None:
    content = OLD_WORKBOOK.read_bytes()
    path = tmp_path / "file.xls"
    read = 0
    for place in range(change % 11, len(content), 11):
        path.write_bytes(content[:place] + bytes([content[place] ^ change]) + content[place + 1 :])
        try:
            open_file(path, agreed(kind="workbook"))("Visits")
        except UnusableFileError:
            continue
        read += 1
    assert read > 100


def test_a_cell_astray_in_the_last_corner_is_refused_and_one_below_a_few_columns_is_not(tmp_path: Path) -> None:
    def reach(row: int, column: int) -> None:
        cells: list[list[Any]] = [["id", "name"], ["1", "Ann"]]
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            sheet = book.add_worksheet("People")
            for n, line in enumerate(cells):
                sheet.write_row(n, 0, line)
            sheet.write(row, column, "x")
        look_inside(stream.getvalue())

    reach(1_048_575, 15)
    with pytest.raises(UnusableFileError, match="too_many_cells"):
        reach(1_048_575, 16)
    with pytest.raises(UnusableFileError, match="too_many_cells"):
        reach(9_999, 16_383)


def test_zeros_in_front_that_a_number_format_shows_are_kept(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("People")
        sheet.write_row(0, 0, ["id", "amount", "day"])
        sheet.write_number(1, 0, 123, book.add_format({"num_format": "00000"}))
        sheet.write_number(1, 1, 7, book.add_format({"num_format": "0.00"}))
        sheet.write_datetime(1, 2, datetime(2026, 1, 5), book.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
    sheet = read(tmp_path / "file.xlsx", stream.getvalue(), agreed(kind="workbook"), "People")
    assert rows_of(sheet) == [(2, "00123", "7", "2026-01-05")]


@pytest.mark.parametrize("first_year", [1900, 1904])
def test_days_are_the_same_whatever_year_a_workbook_counts_from(tmp_path: Path, first_year: int) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": first_year == 1904}) as book:
        sheet = book.add_worksheet("People")
        sheet.write_string(0, 0, "day")
        sheet.write_datetime(1, 0, datetime(2026, 1, 5), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
    found = read(tmp_path / "file.xlsx", stream.getvalue(), agreed(kind="workbook"), "People")
    assert rows_of(found) == [(2, "2026-01-05")]


def test_titles_totals_and_blank_rows_of_a_workbook_are_left_out(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Clinic, March"],
        [],
        ["id", None, "name"],
        [1, None, "Ann"],
        [],
        [2, None, None],
        ["Total", None, 2],
    ]
    kind = agreed(kind="workbook", header_row=3, totals_label="total")
    sheet = read(tmp_path / "file.xlsx", workbook(Other=[["id"]], People=rows), kind, "people")
    assert sheet.headers == ["id", "", "name"]
    assert rows_of(sheet) == [(4, "1", None, "Ann"), (6, "2", None, None)]


@pytest.mark.parametrize(
    ("content", "rule_id"),
    [
        pytest.param(workbook(Other=[["id"], [1]]), "missing_sheet", id="another sheet"),
        pytest.param(workbook(People=[]), "empty_file", id="an empty sheet"),
        pytest.param(b"Zyxcanary is no workbook", "other_kind_of_file", id="no workbook"),
        pytest.param(workbook(People=[["id"], [1]])[:900], "unreadable_file", id="cut short"),
        pytest.param(b"PK\x05\x06" + bytes(18), "other_kind_of_file", id="an empty zip"),
        pytest.param(b"", "empty_file", id="no byte"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, rule_id: str) -> None:
    refused(tmp_path / "file.xlsx", content, agreed(kind="workbook"), rule_id, "People")


def test_a_stray_cell_in_the_last_corner_is_refused_before_it_takes_the_memory(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("People")
        sheet.write(0, 0, "id")
        sheet.write(1_048_575, 16_383, "x")
    refused(tmp_path / "file.xlsx", stream.getvalue(), agreed(kind="workbook"), "too_many_cells", "People")


def test_an_opendocument_spreadsheet_is_read_alike(tmp_path: Path) -> None:
    def text(value: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    content = opendocument(
        "Visites",
        text("Registre"),
        text("Nom") + text("Date de la visite") + text("Durée"),
        text("Zoé")
        + '<table:table-cell office:value-type="date" office:date-value="2026-01-05"><text:p>05/01/26</text:p>'
        "</table:table-cell>"
        '<table:table-cell office:value-type="float" office:value="45"><text:p>45</text:p></table:table-cell>',
    )
    sheet = read(tmp_path / "file.ods", content, agreed(kind="workbook", header_row=2), "visites")
    assert sheet.headers == ["Nom", "Date de la visite", "Durée"]
    assert rows_of(sheet) == [(3, "Zoé", "2026-01-05", "45")]


ZIP = agreed(kind="zip")


def test_a_zips_member_is_found_in_any_case_and_folder(tmp_path: Path) -> None:
    content = zipped({"export/CLIENT.CSV": "id\n1\n", "Exit.csv": "id\n2\n"})
    path = tmp_path / "file.zip"
    assert rows_of(read(path, content, ZIP, "Client.csv")) == [(2, "1")]
    assert rows_of(read(path, content, ZIP, "exit.csv")) == [(2, "2")]


@pytest.mark.parametrize(
    ("content", "rule_id"),
    [
        pytest.param(zipped({"Other.csv": "id\n1\n"}), "missing_sheet", id="another member"),
        pytest.param(zipped({"Client.csv": ""}), "empty_file", id="an empty member"),
        pytest.param(zipped({"Client.csv": "é\nZyxcanary\n".encode("cp1252")}), "wrong_encoding", id="encoding"),
        pytest.param(zipped({"Client.csv": "id\nZyxcanary\n"})[:-30], "unreadable_file", id="cut short"),
        pytest.param(
            zipped({"Client.csv": "id\nZyxcanary\n"}).replace(b"Zyxcanary\n", b"Zyxcanarx\n", 1),
            "unreadable_file",
            id="damaged",
        ),
        pytest.param(b"Zyxcanary", "other_kind_of_file", id="no zip"),
    ],
)
def test_a_zip_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, rule_id: str) -> None:
    refused(tmp_path / "file.zip", content, ZIP, rule_id, "Client.csv")


def test_a_finding_names_the_sheet(tmp_path: Path) -> None:
    for name, content, kind in [
        ("file.zip", zipped({"Client.csv": ""}), ZIP),
        ("file.xlsx", workbook(Other=[["id"], [1]]), agreed(kind="workbook")),
    ]:
        with pytest.raises(UnusableFileError) as caught:
            read(tmp_path / name, content, kind, "Client.csv")
        assert caught.value.sheet == "Client.csv"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Date of  birth", "c1"),
        (" DATE OF BIRTH ", "c1"),
        ("Prénom", "c0"),
        ("PRÉNOM", "c0"),
        ("Pre\u0301nom", "c0"),
        ("Birth", None),
    ],
)
def test_headers_match_whatever_their_case_and_blanks(tmp_path: Path, wanted: str, found: str | None) -> None:
    sheet = read(tmp_path / "file.csv", "prénom , date\u00a0of birth\nZoé,2020-01-01\n".encode(), TEXT)
    assert sheet.column_of(wanted) == found
