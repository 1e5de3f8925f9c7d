"""A funder's form: filled from what is published alone, in the funder's words, and refused with place and remedy."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from dagster_project.cli import app
from tests.conftest import make_settings

# indicator, agency, program, zone, breakdown, code, numerator, denominator, value, suppression, reason, status
CELLS: list[tuple[Any, ...]] = [
    ("families", None, None, None, None, None, 1200.0, None, 1200.0, "shown", None, "final"),
    ("families", "clinic", None, None, None, None, None, None, None, "hidden", None, "final"),
    ("families", None, None, "town", None, None, 0.0, None, 0.0, "shown", None, "final"),
    ("families", None, None, "coast", None, None, None, None, None, "missing", "not_received", "provisional"),
    ("families", None, None, None, "age", "young", 40.0, None, 40.0, "shown", None, "provisional"),
    ("families", None, None, None, "age", "old", 30.0, None, 30.0, "complementary", None, "final"),
    ("families", None, None, None, "age", "unknown", 12.0, None, 12.0, "shown", None, "final"),
    ("answered", None, None, None, None, None, 25.0, 80.0, 31.3, "shown", None, "provisional"),
    ("families", "school", None, None, None, None, 60.0, None, 60.0, "shown", None, "final"),
    ("families", "clinic", "p", None, None, None, 20.0, None, 20.0, "shown", None, "final"),
    ("families", "clinic", "q", None, None, None, None, None, None, "hidden", None, "final"),
]
MAP = """\
funder_id: fund
name: {en: The Fund, fr: Le Fonds}
language: en
year_kind: calendar_year
hidden: Withheld
provisional: (p)
missing: {not_received: Awaited}
form:
  above: ["Form {year}"]
  columns: {Line: line, Label: label, Code: code, Figure: figure, State: status, Proof: receipt}
lines:
  - {line: "1", label: Families, indicator: families}
"""
LINES = """\
  - {line: "2", label: Families of the clinic, indicator: families, agency: clinic}
  - {line: "3", label: By zone, indicator: families, by: zone, codes: {town: T, coast: C}}
  - {line: "4", label: By age, indicator: families, by: age, codes: {young: "01", old: "02"}}
  - {line: "5", label: Answered, indicator: answered, part: numerator}
  - {line: "6", label: Answered, indicator: answered}
"""


@pytest.fixture
def fund(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of maps with one funder, and a publication of two years; there is no warehouse."""
    settings = make_settings(tmp_path, tmp_path / "expectations")
    settings.funders.mkdir(parents=True)
    settings.published.mkdir()
    monkeypatch.setenv("DORSALE_DATA", str(settings.data))
    monkeypatch.setenv("DORSALE_EXPECTATIONS", str(settings.expectations))
    monkeypatch.setenv("COLUMNS", "300")
    with duckdb.connect() as connection:
        connection.execute("""
            create table indicator_values (indicator_id varchar, agency_id varchar, program_id varchar, zone_id varchar,
              breakdown_kind varchar, breakdown_code varchar, numerator double, denominator double, value double,
              suppression varchar, missing_reason varchar, status varchar,
              interval_kind varchar default 'calendar_year', interval_start date default date '2025-01-01',
              submissions_expected integer default 12, submissions_received integer default 11,
              receipt_id varchar default 'abc123',
              value_low double, value_high double, bound_low double, bound_high double)""")
        connection.executemany(
            f"insert into indicator_values values ({', '.join('?' * 12)}{', default' * 9})",
            CELLS,
        )
        connection.execute("""
            update indicator_values set value_low = 20, value_high = 31.25, bound_low = 1.5, bound_high = 99
            where indicator_id = 'answered' or suppression = 'hidden';
            insert into indicator_values by name
              select * replace (date '2024-01-01' as interval_start, value + 1 as value) from indicator_values
              where program_id is distinct from 'q';
            create table indicators as select *, 'Help of it' as help_en, 'Aide' as help_fr, 'Limits' as limits_en,
              'Limites' as limits_fr, 'Of them' as numerator_en, 'Ceux' as numerator_fr, 'All' as denominator_en,
              'Tous' as denominator_fr, 1 as version, 'd00d' as definition_version, 'people' as disclosure_class
            from (values ('families', 'Families', 'Familles', 'families', 'familles', 'count', 0),
              ('answered', 'Answered', 'Répondu', 'percent', 'pour cent', 'share', 1)
            ) as t(indicator_id, title_en, title_fr, unit_en, unit_fr, measure_kind, decimals);
            create table intervals as select 'calendar_year' as interval_kind, y as interval_start,
              last_day(y + interval 11 month) as interval_end, year(y)::varchar as label_en,
              year(y)::varchar as label_fr, 'Calendar year' as kind_label_en, 'Année civile' as kind_label_fr
            from (values (date '2024-01-01'), (date '2025-01-01')) as t(y);
            create table labels as from (values ('status', 'final', 'Final', 'Définitif'),
              ('status', 'provisional', 'Provisional', 'Provisoire'), ('age', 'unknown', 'Not known', 'Inconnu'),
              ('breakdown_kind', 'age', 'Age', 'Âge'), ('missing_reason', 'not_received', 'Not received', 'Non reçu')
            ) as t(kind, code, label_en, label_fr);
            create table agencies as select 'clinic' as agency_id, 'Clinic' as name_en, 'Clinique' as name_fr;
            create table programs as from (values ('p', 'Play', 'Jeu'), ('q', 'Outreach', 'Proximité')
              ) as t(program_id, name_en, name_fr);
            create table zones as select 'town' as zone_id, 'Town' as name_en, 'Ville' as name_fr;
            create table disclosure_rules as select 'people' as disclosure_class, 1 as hidden_from, 10 as hidden_to,
              'Few are hidden' as reason_en, 'Les petits nombres sont masqués' as reason_fr;
            create table publication as select 'preview' as kind, date '2026-07-20' as published_date,
              date '2026-07-20' as as_of, 'b1' as build_id, 'c1' as code_version, 'a@b.example' as contact,
              'Initiative' as initiative_name_en, 'Initiative' as initiative_name_fr""")
        for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            connection.execute(f"copy {name} to '{settings.published}/{name}.parquet'")
    return settings.funders


def report(folder: Path, text: str, *arguments: str, expect: int = 0) -> str:
    (folder / "fund.yml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["report", "fund", *arguments])
    assert result.exit_code == expect, result.output
    return result.output


def made(folder: Path, year: str = "2025") -> Path:
    return folder.parent.parent / "data" / "reports" / f"fund_{year}.xlsx"


def csv_rows(path: Path, delimiter: str = ",") -> list[list[str]]:
    text = path.with_suffix(".csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_form_holds_figures_or_the_funders_word_for_why_there_is_none(fund: Path) -> None:
    output = report(fund, MAP + LINES)
    rows = csv_rows(made(fund))
    assert rows[:2] == [["Form 2025"], ["Line", "Label", "Code", "Figure", "State", "Proof"]]
    figures = [(row[0], row[2], row[3], row[4]) for row in rows[2:]]
    assert figures == [
        ("1", "", "1200", "Final"),
        ("2", "", "Withheld", ""),
        ("3", "T", "0", "Final"),
        ("3", "C", "Awaited", "Provisional"),
        ("4", "01", "40", "Provisional"),
        ("4", "02", "Withheld", ""),
        ("5", "", "25", "Provisional"),
        ("6", "", "31.3", "Provisional"),
    ]
    assert "8 lines of 2025, 2 hidden, 3 provisional" in output
    form = sheets(made(fund))["Form"]
    assert [row[3] for row in form[2:]] == [1200.0, "Withheld", 0.0, "Awaited", 40.0, "Withheld", 25.0, 31.3]


def test_the_notes_say_what_the_figures_are_and_what_the_form_leaves_out(fund: Path) -> None:
    report(fund, MAP + LINES)
    notes = sheets(made(fund))["Notes"]
    facts = {row[0]: row[1] for row in notes[: next(n for n, row in enumerate(notes) if row[0] == "Line")]}
    assert facts["State"].startswith("Preview of 2026-07-20")
    assert facts["Year"] == "Calendar year 2025, 2025-01-01 to 2025-12-31"
    assert facts["What is hidden"] == "Written as 'Withheld'. It is not a zero. Few are hidden."
    assert facts["Not in the form"] == "Families: Age: Not known"
    answered = next(row for row in notes if row[0] == "5")
    assert answered[3:] == [
        "Answered (answered)", "Numerator: Of them", "All", "Help of it", "Limits", "1 (d00d)", "abc123", "11 of 12",
        "Provisional", "", "",
    ]  # fmt: skip


def test_the_notes_give_the_range_of_a_figure_and_none_of_a_hidden_one(fund: Path) -> None:
    report(fund, (MAP + LINES).replace("columns:", 'decimal_mark: ","\n  columns:'))
    notes = sheets(made(fund))["Notes"]
    between = {(row[0], row[4].split(":")[0]): tuple(row[11:14]) for row in notes if row[0] in ("1", "2", "5", "6")}
    assert between == {
        ("1", "Value"): ("Final", "", ""),
        ("2", "Value"): ("", "", ""),
        ("5", "Numerator"): ("Provisional", "", ""),
        ("6", "Value"): ("Provisional", "20,0 to 31,2", "1,5 to 99,0"),
    }


def told(path: Path, heading: str) -> list[str]:
    return [row[1] for row in sheets(path)["Notes"] if row[0] == heading]


@pytest.mark.parametrize(
    ("line", "left_out"),
    [
        ("families, by: zone, codes: {coast: C}}", ["Families: Town"]),
        # The cell of the coast is missing.
        ("families, by: zone, codes: {town: T}}", []),
        ("families, by: agency, codes: {school: S}}", ["Families: Clinic"]),
        ("families, agency: clinic, by: program, codes: {p: X}}", ["Families: Clinic, Outreach"]),
        ("families, by: age, codes: {young: Y, old: O}}", ["Families: Age: Not known"]),
        ("families, zone: town}", []),
    ],
)
def test_what_a_form_leaves_out_of_its_slices_is_named(fund: Path, line: str, left_out: list[str]) -> None:
    report(fund, MAP.replace("families}", line))
    assert told(made(fund), "Not in the form") == left_out
    assert len(told(made(fund), "What does not add up")) == 1


def test_a_form_of_totals_says_nothing_of_sums(fund: Path) -> None:
    report(fund, MAP)
    assert told(made(fund), "What does not add up") == []


def test_a_provisional_figure_is_marked_where_the_form_has_no_column_for_it(fund: Path) -> None:
    report(fund, (MAP + LINES).replace("State: status, ", ""))
    assert [row[3] for row in csv_rows(made(fund))[2:]] == [
        "1200", "Withheld", "0", "Awaited", "40 (p)", "Withheld", "25 (p)", "31.3 (p)"
    ]  # fmt: skip


def test_another_year_is_the_maps_or_the_one_asked_for(fund: Path) -> None:
    report(fund, MAP, "--year", "2024")
    assert csv_rows(made(fund, "2024"))[2][3] == "1201"
    report(fund, MAP + 'year: "2024"\n')
    assert csv_rows(made(fund, "2024"))[0] == ["Form 2024"]


def test_a_figure_that_only_another_year_has_does_not_apply(fund: Path) -> None:
    line = '  - {line: "2", label: Outreach, indicator: families, agency: clinic, program: q}\n'
    report(fund, MAP.replace("not_received: Awaited", "not_applicable: n/a") + line, "--year", "2024")
    assert csv_rows(made(fund, "2024"))[3][:4] == ["2", "Outreach", "", "n/a"]


def test_the_same_publication_gives_the_same_workbook(fund: Path) -> None:
    report(fund, MAP + LINES)
    first = made(fund).read_bytes()
    report(fund, MAP + LINES)
    assert made(fund).read_bytes() == first


TEMPLATED = MAP.replace('  above: ["Form {year}"]\n', "  template: {template}\n  header_row: 2\n").replace(
    "columns: {Line: line, Label: label, Code: code, Figure: figure, State: status, Proof: receipt}",
    'columns: {No: line, Résultat: figure, Code: code}\n  delimiter: ";"\n  decimal_mark: ","',
)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_funders_own_file_is_filled_where_it_asks(fund: Path, kind: str) -> None:
    rows = [
        ["Reddition", "", "", "", ""],
        ["No", "Mesure", "Code", "Résultat", "Remarque"],
        ["1", "Familles", "", "0", ""],
        ["4", "Jeunes", "01", "", ""],
        ["9", "Dépenses", "", "", "à remplir"],
        ["6", "Part", "", "", ""],
    ]
    path = fund / f"form.{kind}"
    if kind == "csv":
        path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    else:
        with xlsxwriter.Workbook(path) as workbook:
            sheet = workbook.add_worksheet()
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
    lines = LINES.splitlines(keepends=True)
    text = TEMPLATED.replace("{template}", path.name) + lines[2].replace(', old: "02"', "") + lines[4]
    report(fund, text.replace("language: en", "language: fr"))
    assert csv_rows(made(fund), ";") == [
        *rows[:2],
        ["1", "Familles", "", "1200", ""],
        ["4", "Jeunes", "01", "40 (p)", ""],
        rows[4],
        ["6", "Part", "", "31,3 (p)", ""],
    ]
    notes = sheets(made(fund))["Notes"]
    assert ["À remplir à la main", "9"] in [row[:2] for row in notes]


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "instead"),
    [
        ("families}", "familys}", 12, "There is no indicator 'familys'", "'families'"),
        ("families}", "families, agency: clinik}", 12, "no agency 'clinik'", "'clinic'"),
        ("families}", "answered, agency: clinic}", 12, "not shown for this slice", "for all"),
        ("families}", "answered, by: age, codes: {young: Y}}", 12, "not shown by 'age'", "agency"),
        ("families}", "families, by: age, codes: {yung: Y}}", 12, "no age 'yung'", "'young'"),
        ("families}", "families, part: denominator}", 12, "has no denominator", "Write value"),
        (
            "families}",
            "families, agency: clinic, by: agency, codes: {clinic: C}}",
            12,
            "is by agency",
            "one of the two",
        ),
        ("families}", "families, by: age, codes: {young: A, old: A}}", 12, "a second time", "added"),
        ("calendar_year", "calender_year", 4, "no reporting year 'calender_year'", "'calendar_year'"),
        (
            "year_kind: calendar_year",
            'year_kind: calendar_year\nyear: "2023"',
            5,
            "'2023' is not published",
            "Write one of: 2024",
        ),
        ("hidden: Withheld", 'hidden: "0"', 5, "does not match", "a number would be read as one"),
        ("Figure: figure", "Figure: figur", 10, "is not one of", "Write what the column holds"),
        ("Figure: figure, ", "", 10, "No column holds the figure", "{header: figure}"),
        ("State: status", "State: line", 10, "Two columns hold the line", "Keep one"),
        ("funder_id: fund", "funder_id: other", 1, "not the file's name", "Write fund"),
        ("language: en", "langage: en", 3, "'langage' is not known here", "'language'"),
        ("  above:", "  header_row: 2\n  above:", 9, "has no header_row", "above"),
        ("  above:", "  sheet: a/b\n  above:", 9, "No workbook can have a sheet 'a/b'", "Leave out"),
        ("  above:", '  sheet: "\'a"\n  above:', 9, "No workbook can have a sheet", "Leave out"),
        ("  above:", "  sheet: Notes\n  above:", 9, "The sheet of notes", "another name"),
        ("  above:", "  sheet: nOTES\n  above:", 9, "The sheet of notes", "another name"),
        ("  above:", "  template: gone.csv\n  above:", 9, "no file 'gone.csv'", "Put the form there"),
    ],
)
def test_a_wrong_map_is_refused_with_its_line_and_what_to_write(
    fund: Path, old: str, new: str, line: int, what: str, instead: str
) -> None:
    assert old in MAP
    output = report(fund, MAP.replace(old, new, 1), expect=4)
    refused = [text.strip() for text in output.splitlines() if text.strip().startswith(f"funders/fund.yml:{line}: ")]
    assert any(what in text and instead in text for text in refused), output
    assert not made(fund).exists()


def test_a_line_that_stands_twice_is_refused(fund: Path) -> None:
    output = report(fund, MAP + '  - {line: "1", label: Again, indicator: answered}\n', expect=4)
    assert "funders/fund.yml:13: Line '1' stands in the form a second time." in output


def test_a_map_and_a_form_that_do_not_fit_are_refused(fund: Path) -> None:
    (fund / "form.csv").write_text("Title\nNo;Figure;Code\n7;;\n", encoding="utf-8")
    text = TEMPLATED.replace("{template}", "form.csv")
    assert "form.csv:2: The form has no column 'Résultat'" in report(fund, text, expect=4)
    (fund / "form.csv").write_text("Title\nNo;Résultat;Code\n7;;\n", encoding="utf-8")
    assert "no row for line '1', which the map fills" in report(fund, text, expect=4)


def whole_workbook() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        workbook.add_worksheet().write_row(0, 0, ["No", "Résultat", "Code"])
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "line", "instead"),
    [
        ("form.xlsx", b"", 1, "save it again as .xlsx"),
        ("form.xlsx", b"no workbook", 1, "save it again as .xlsx"),
        ("form.xlsx", whole_workbook()[:-200], 1, "save it again as .xlsx"),
        ("form.csv", "Titre\nNo;Résultat;Code\n".encode("cp1252"), 2, "Save it again as CSV UTF-8."),
        ("form.csv", bytes(range(256)), 2, "Save it again as CSV UTF-8."),
        ("form.csv", b"No;" + b"a" * 200_000, 1, "Save it again as CSV UTF-8."),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(fund: Path, name: str, data: bytes, line: int, instead: str) -> None:
    (fund / name).write_bytes(data)
    output = report(fund, TEMPLATED.replace("{template}", name), expect=4)
    assert f"  funders/{name}:{line}: The form " in output
    assert instead in output


def test_a_panic_of_the_reader_of_workbooks_is_told(fund: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        pass

    def panic(path: str) -> None:
        raise Panic

    (fund / "form.xlsx").write_bytes(whole_workbook())
    monkeypatch.setattr("python_calamine.CalamineWorkbook", SimpleNamespace(from_path=panic))
    assert "cannot be read as a workbook" in report(fund, TEMPLATED.replace("{template}", "form.xlsx"), expect=4)


def test_an_unknown_funder_and_an_empty_publication_are_told(fund: Path) -> None:
    (fund / "fund.yml").write_text(MAP, encoding="utf-8")
    result = CliRunner().invoke(app, ["report", "found"])
    assert (result.exit_code, "Did you mean 'fund'?" in result.output) == (1, True)
    for path in (fund.parent.parent / "data" / "published").iterdir():
        path.unlink()
    assert "run make build first" in report(fund, MAP, expect=1)


def test_the_workbook_is_dated_by_what_it_was_made_of(fund: Path) -> None:
    report(fund, MAP)
    assert date(2026, 7, 20).isoformat() in sheets(made(fund))["Notes"][3][1]
