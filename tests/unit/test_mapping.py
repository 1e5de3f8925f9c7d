"""An agency's columns and codes become ours, by its agreement; nothing that cannot be mapped is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from dagster_project.contracts import Agreement, Column, Expectations, Extract, FileKind, load_expectations
from dagster_project.contracts.agreements import Program
from dagster_project.intake.mapping import map_sheet, missing_columns
from dagster_project.intake.reading import Sheet, UnusableFileError
from dagster_project.settings import PROJECT_ROOT

WORDS = {"en": "x", "fr": "x"}
KEY = "a key of this installation"
Rows = Sequence[Sequence[str | None]]


def at(text: str) -> datetime:
    """A moment, in the clock time of the agency."""
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def expectations() -> Expectations:
    return load_expectations(PROJECT_ROOT / "expectations")


def sheet_of(headers: Sequence[str], rows: Rows, submissions: Sequence[str] = (), faulty: Sequence[int] = ()) -> Sheet:
    """A sheet as the queue hands it over: rows count from 2; each is of its submission, by default all of one."""
    ids = list(submissions) or ["s1"] * len(rows)
    numbers = [2 + ids[:n].count(one) for n, one in enumerate(ids)]
    cells = {f"c{n}": pa.array([row[n] for row in rows], pa.string()) for n in range(len(headers))}
    months = pa.array([date(2026, 1, 1)] * len(rows))
    return Sheet(
        list(headers),
        pa.table(
            {
                **cells,
                "_row_number": pa.array(numbers, pa.int64()),
                "_fault": pa.array(["too_few_cells" if number in faulty else None for number in numbers], pa.string()),
                "_submission_id": ids,
                "_agency_id": ["clinic"] * len(rows),
                "_extract_number": pa.array([0] * len(rows), pa.int64()),
                "_period_start": months,
                "_period_end": months,
                "_received_date": months,
            }
        ),
    )


def agreement() -> Agreement:
    programs: tuple[Program, ...] = (
        Program("home_help", WORDS, ("HH", "Aide à domicile"), True, (), None),
        Program("night_line", WORDS, (), False, (), None),
    )
    day = date(2025, 1, 1)
    return Agreement(
        "clinic", WORDS, "health", "en", day, None, WORDS, WORDS, False, (), "month", 15, programs, (),
    )  # fmt: skip


def mapped(
    expectations: Expectations,
    sheet: Sheet,
    columns: dict[str, Any],
    dataset: str = "persons",
    codes: dict[str, dict[str, str]] | None = None,
    joined: Sheet | None = None,
    derivation_key: str = KEY,
    **how: Any,
) -> list[dict[str, Any]]:
    extract = Extract(
        dataset=dataset,
        sheet=None,
        join_sheet="Exit" if joined else None,
        join_key=how.pop("join_key", None),
        leave_out_where_filled=how.pop("leave_out_where_filled", None),
        repeats=how.pop("repeats", False),
        columns=columns,
        codes=codes or {},
    )
    kind = FileKind(
        pattern="",
        kind="text",
        date_format=how.pop("date_format", "%Y-%m-%d"),
        decimal_mark=how.pop("decimal_mark", "."),
        delivers="month",
        extracts=(extract,),
    )
    agreed = replace(agreement(), programs=how.pop("programs", agreement().programs))
    assert not how
    with duckdb.connect() as connection:
        rows = map_sheet(connection, sheet, joined, extract, kind, agreed, expectations, derivation_key)
    found: list[dict[str, Any]] = rows.to_pylist()
    return found


def test_columns_come_in_the_contracts_order_and_type_whatever_is_sent(expectations: Expectations) -> None:
    rows = mapped(expectations, sheet_of(["  DATE of\u00a0birth", "id", "else"], [["2020-01-31", "007", "x"]]), {
        "person_id_agency": "ID", "birth_date": "Date of Birth",
    })  # fmt: skip
    ours = [column.name for column in expectations.contracts["persons"].columns]
    assert [name for name in rows[0] if not name.startswith("_")] == ours
    assert rows[0] | {"person_id_agency": "007", "birth_date": date(2020, 1, 31), "first_name": None} == rows[0]
    assert (rows[0]["_row_number"], rows[0]["_unreadable"], rows[0]["_unmapped"]) == (2, [], [])


def test_a_header_that_is_missing_is_told_by_column(expectations: Expectations) -> None:
    extract = Extract(
        "persons",
        None,
        None,
        None,
        None,
        False,
        {
            "person_id_agency": {"derive": ["Name", "Born"]},
            "sex": {"flags": {"F": "female"}},
            "phone": "Tel",
            "zone_code": {"constant": "old_town"},
        },
        {},
    )
    found = missing_columns(sheet_of(["name", "tel "], []), None, extract, expectations.contracts["persons"])
    assert [(one.column, one.header, one.required) for one in found] == [
        ("person_id_agency", "Born", True),
        ("sex", "F", False),
    ]
    joined = sheet_of(["Born"], [])
    found = missing_columns(sheet_of(["name", "tel", "f"], []), joined, extract, expectations.contracts["persons"])
    assert found == []


@pytest.mark.parametrize(
    ("text", "date_format", "day"),
    [
        ("31/12/2025", "%d/%m/%Y", date(2025, 12, 31)),
        ("3/2/2026", "%d/%m/%Y", date(2026, 2, 3)),
        ("02/03/2026", "%m/%d/%Y", date(2026, 2, 3)),
        ("2026/02/03", "%Y/%m/%d", date(2026, 2, 3)),
        ("2026-02-03", "%d/%m/%Y", date(2026, 2, 3)),
        ("2026-02-03 13:30:00", "%d/%m/%Y", date(2026, 2, 3)),
        ("03/02/26", "%d/%m/%y", date(2026, 2, 3)),
        ("29/02/2024", "%d/%m/%Y", date(2024, 2, 29)),
        ("29/02/2026", "%d/%m/%Y", None),
        ("2026-02-30", "%d/%m/%Y", None),
        ("12/31/2025", "%d/%m/%Y", None),
        ("03/02/26", "%d/%m/%Y", None),
        ("03-02-2026", "%d/%m/%Y", None),
        ("epoch", "%Y-%m-%d", None),
        ("infinity", "%Y-%m-%d", None),
        ("soon", "%d/%m/%Y", None),
        ("0", "%d/%m/%Y", None),
    ],
)
def test_dates_are_read_as_agreed_or_in_iso_form_or_not_at_all(
    expectations: Expectations, text: str, date_format: str, day: date | None
) -> None:
    sheet = sheet_of(["id", "born"], [["1", text], ["2", None]])
    rows = mapped(expectations, sheet, {"person_id_agency": "id", "birth_date": "born"}, date_format=date_format)
    assert [row["birth_date"] for row in rows] == [day, None]
    assert [row["_unreadable"] for row in rows] == [[] if day else ["birth_date"], []]


def with_column(expectations: Expectations, name: str, **kind: Any) -> Expectations:
    """The persons' contract with one more column."""
    plain = {"required": False, "classification": "sensitive", "label": WORDS, "help": WORDS, "codes": ()}
    column = Column(name=name, **{**plain, "codes_from": None, "unreadable_severity": "warn", **kind})
    persons = expectations.contracts["persons"]
    persons = replace(persons, columns=(*persons.columns, column))
    return replace(expectations, contracts={**expectations.contracts, "persons": persons})


@pytest.mark.parametrize(
    ("text", "date_format", "moment"),
    [
        ("03/02/2026 14:05", "%d/%m/%Y", at("2026-02-03 14:05")),
        ("03/02/2026  9:05", "%d/%m/%Y", at("2026-02-03 09:05")),
        ("03/02/2026 14:05:09", "%d/%m/%Y", at("2026-02-03 14:05:09")),
        ("03/02/2026 14h05", "%d/%m/%Y", at("2026-02-03 14:05")),
        ("03/02/2026 14 H 05", "%d/%m/%Y", at("2026-02-03 14:05")),
        ("03/02/2026 14\u00a0h", "%d/%m/%Y", at("2026-02-03 14:00")),
        ("03/02/2026 2:05 PM", "%d/%m/%Y", at("2026-02-03 14:05")),
        ("02/03/2026 2:05p.m.", "%m/%d/%Y", at("2026-02-03 14:05")),
        ("02/03/2026 2:05:09 am", "%m/%d/%Y", at("2026-02-03 02:05:09")),
        ("02/03/2026 12:05 AM", "%m/%d/%Y", at("2026-02-03 00:05")),
        ("3 March 26 14h05", "%d %B %y", at("2026-03-03 14:05")),
        ("3 March 26", "%d %B %y", at("2026-03-03")),
        ("2026-02-03 14:05", "%d/%m/%Y", at("2026-02-03 14:05")),
        ("2026-02-03T14:05:09", "%d/%m/%Y", at("2026-02-03 14:05:09")),
        ("2026-02-03 14:05:09.500000", "%d/%m/%Y", at("2026-02-03 14:05:09.500000")),
        ("03/02/2026 14:05", "%d/%m/%Y %H:%M", at("2026-02-03 14:05")),
        ("03/02/2026", "%d/%m/%Y", at("2026-02-03")),
        ("2026-02-03", "%d/%m/%Y", at("2026-02-03")),
        ("03/02/2026 00:00", "%d/%m/%Y", at("2026-02-03")),
        ("03/02/2026 25:00", "%d/%m/%Y", None),
        ("03/02/2026 14:60", "%d/%m/%Y", None),
        ("03/02/2026 14:05 PM", "%d/%m/%Y", None),
        ("30/02/2026 14:05", "%d/%m/%Y", None),
        ("03/02/26 14:05", "%d/%m/%Y", None),
        ("03/02/2026 soon", "%d/%m/%Y", None),
        ("14:05", "%d/%m/%Y", None),
        ("epoch", "%d/%m/%Y", None),
        ("0", "%d/%m/%Y", None),
    ],
)
def test_moments_are_read_in_every_usual_way_and_a_day_alone_is_its_midnight(
    expectations: Expectations, text: str, date_format: str, moment: datetime | None
) -> None:
    ours = with_column(expectations, "seen_at", logical_type="timestamp")
    columns = {"person_id_agency": "id", "seen_at": "seen"}
    rows = mapped(ours, sheet_of(["id", "seen"], [["1", text], ["2", None]]), columns, date_format=date_format)
    assert [row["seen_at"] for row in rows] == [moment, None]
    assert [row["_unreadable"] for row in rows] == [[] if moment else ["seen_at"], []]
    [row] = mapped(ours, sheet_of(["id"], [["1"]]), {"person_id_agency": "id"})
    assert row["seen_at"] is None


def test_a_moment_is_joined_of_a_day_and_a_time(expectations: Expectations) -> None:
    ours = with_column(expectations, "seen_at", logical_type="timestamp")
    sheet = sheet_of(
        ["id", "day", "time"],
        [["1", "03/02/2026", "14h05"], ["2", "2026-02-03", "14:05:00"], ["3", "03/02/2026", None], ["4", None, "9:00"]],
    )
    columns = {"person_id_agency": "id", "seen_at": {"join": ["day", "time"]}}
    rows = mapped(ours, sheet, columns, date_format="%d/%m/%Y")
    afternoon = at("2026-02-03 14:05")
    assert [row["seen_at"] for row in rows] == [afternoon, afternoon, at("2026-02-03"), None]
    assert [row["_unreadable"] for row in rows] == [[], [], [], ["seen_at"]]


def test_a_birth_date_is_kept_as_it_came_too(expectations: Expectations) -> None:
    """One that is no day is still evidence of who a person is; a date that is not personal has no use for it."""
    sheet = sheet_of(["id", "born"], [["1", "31/12/2025"], ["2", "29/02/2026"], ["3", None]])
    columns = {"person_id_agency": "id", "birth_date": "born"}
    rows = mapped(expectations, sheet, columns, date_format="%d/%m/%Y")
    assert [row["birth_date"] for row in rows] == [date(2025, 12, 31), None, None]
    assert [row["_written_birth_date"] for row in rows] == ["31/12/2025", "29/02/2026", None]
    sheet = sheet_of(["n", "id", "exit", "to"], [["1", "A", "2026-01-31", None]])
    [row] = mapped(expectations, sheet, ENROLMENT, dataset="enrolments")
    assert [name for name in row if name.startswith("_written")] == []


@pytest.mark.parametrize(
    ("text", "decimal_mark", "number"),
    [
        ("1.5", ".", 1.5),
        ("-3", ".", -3.0),
        ("1 234.5", ".", 1234.5),
        ("1,5", ",", 1.5),
        ("1.5", ",", 1.5),
        ("1 234,5", ",", 1234.5),
        ("1\u00a0234,5", ",", 1234.5),
        ("1\u202f234,5", ",", 1234.5),
        ("1,234.5", ".", None),
        ("1.234,5", ",", None),
        ("1,5", ".", None),
        ("45 min", ".", None),
        ("nan", ".", None),
        ("Infinity", ".", None),
    ],
)
def test_numbers_are_read_with_the_agreed_decimal_mark(
    expectations: Expectations, text: str, decimal_mark: str, number: float | None
) -> None:
    rows = mapped(
        expectations,
        sheet_of(["n", "min"], [["1", text]]),
        {"contact_id_agency": "n", "duration_minutes": "min"},
        dataset="contacts",
        decimal_mark=decimal_mark,
    )
    assert rows[0]["duration_minutes"] == number
    assert rows[0]["_unreadable"] == ([] if number is not None else ["duration_minutes"])


def test_codes_are_mapped_whatever_their_case_and_unknown_ones_kept_apart(expectations: Expectations) -> None:
    sheet = sheet_of(
        ["id", "sex", "zone"],
        [
            ["1", "Féminin", "1"],
            ["2", "FÉMININ", "old_town"],
            ["3", "MALE", None],
            ["4", "Zyx", "9"],
            ["5", None, "OLD_TOWN"],
            ["6", "unmapped", None],
        ],
    )
    rows = mapped(
        expectations,
        sheet,
        {"person_id_agency": "id", "sex": "sex", "zone_code": "zone"},
        codes={"sex": {"féminin": "female"}, "zone_code": {"1": "far_lakes"}},
    )
    assert [(row["sex"], row["zone_code"]) for row in rows] == [
        ("female", "far_lakes"),
        ("female", "old_town"),
        ("male", None),
        ("unmapped", "unmapped"),
        (None, "old_town"),
        ("unmapped", None),
    ]
    assert [(row["_unmapped"], row["_unmapped_text"]) for row in rows] == [
        ([], []),
        ([], []),
        ([], []),
        (["sex", "zone_code"], ["Zyx", "9"]),
        ([], []),
        (["sex"], ["unmapped"]),
    ]


def test_programmes_are_known_by_their_own_codes_and_ids(expectations: Expectations) -> None:
    sent = ["hh", "AIDE À DOMICILE", "night_line", "Night line", "school_support", None]
    sheet = sheet_of(["n", "program"], [[str(n), program] for n, program in enumerate(sent)])
    rows = mapped(expectations, sheet, {"enrolment_id_agency": "n", "program_code": "program"}, dataset="enrolments")
    assert [row["program_code"] for row in rows] == [
        "home_help",
        "home_help",
        "night_line",
        "unmapped",
        "unmapped",
        None,
    ]


def test_an_organisation_without_programmes_has_no_code_of_one(expectations: Expectations) -> None:
    sheet = sheet_of(["n", "program"], [["1", "HH"], ["2", None]])
    columns = {"enrolment_id_agency": "n", "program_code": "program"}
    rows = mapped(expectations, sheet, columns, dataset="enrolments", programs=())
    assert [row["program_code"] for row in rows] == ["unmapped", None]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("sectors", "income_support"),
        ("waves", "wave_2"),
        ("networks", "lac_au_huard"),
        ("populations", "adoptive_families"),
        ("zones", "old_town"),
    ],
)
def test_codes_may_come_from_a_list_of_the_initiative(expectations: Expectations, source: str, code: str) -> None:
    ours = with_column(expectations, "listed", logical_type="string", codes_from=source)
    sheet = sheet_of(["id", "listed"], [["1", code.upper()], ["2", "ours"], ["3", "elsewhere"]])
    columns = {"person_id_agency": "id", "listed": "listed"}
    rows = mapped(ours, sheet, columns, codes={"listed": {"ours": code}})
    assert [row["listed"] for row in rows] == [code, code, "unmapped"]


def test_an_agencys_own_code_beats_ours(expectations: Expectations) -> None:
    """An agency that writes 'other' for men means men."""
    rows = mapped(
        expectations,
        sheet_of(["id", "sex"], [["1", "Other"]]),
        {"person_id_agency": "id", "sex": "sex"},
        codes={"sex": {"other": "male"}},
    )
    assert rows[0]["sex"] == "male"


def test_constants_and_flags_fill_columns_that_the_agency_has_not(expectations: Expectations) -> None:
    sheet = sheet_of(["n", "Female", "NonBinary"], [["1", "1", "0"], ["2", "0", "1"], ["3", "0", "0"], ["4", "1", "1"]])
    rows = mapped(
        expectations,
        sheet,
        {
            "person_id_agency": "n",
            "sex": {"flags": {"Female": "female", "NonBinary": "other"}},
            "zone_code": {"constant": "old_town"},
            "address": {"constant": "L'Anse"},
            "birth_date": {"constant": "2000-01-01"},
        },
    )
    assert [row["sex"] for row in rows] == ["female", "other", None, "female"]
    assert {(row["zone_code"], row["address"]) for row in rows} == {("old_town", "L'Anse")}
    assert rows[0]["birth_date"] == date(2000, 1, 1), "a constant has its column's type"


def test_columns_of_the_agency_are_joined_into_one_of_ours(expectations: Expectations) -> None:
    sheet = sheet_of(
        ["n", "No", "Rue"], [["1", "12", "rue des Ormes"], ["2", None, "chemin du Lac"], ["3", None, None]]
    )
    rows = mapped(expectations, sheet, {"person_id_agency": "n", "address": {"join": ["no", "rue"]}})
    assert [row["address"] for row in rows] == ["12 rue des Ormes", "chemin du Lac", None]


def ids(expectations: Expectations, rows: Rows, **how: Any) -> list[str | None]:
    sheet = sheet_of(["last", "first", "born"], rows)
    columns = {"person_id_agency": {"derive": ["Last", "First", "Born"]}}
    return [row["person_id_agency"] for row in mapped(expectations, sheet, columns, repeats=True, **how)]


def test_a_derived_number_is_the_persons_own_and_tells_nothing(expectations: Expectations) -> None:
    zoe, again, shouted, other, blank = ids(
        expectations,
        [
            ["Côté", "Zoé", "2020-01-01"],
            ["Côté", "Zoé", "2020-01-01"],
            ["COTE", "ZOE", "2020-01-01"],
            ["Côté", "Zoé", "2020-01-02"],
            ["Côté", None, "2020-01-01"],
        ],
    )
    assert zoe == again == shouted
    assert other != zoe
    assert blank is None, "half a person is nobody"
    assert zoe is not None
    assert "zo" not in zoe.lower()
    [elsewhere] = ids(expectations, [["Côté", "Zoé", "2020-01-01"]], derivation_key="another installation")
    assert elsewhere != zoe, "without the key nobody can try names until one fits"


ENROLMENT = {"enrolment_id_agency": "n", "person_id_agency": "id", "exit_date": "Exit", "destination_code": "To"}


def test_another_sheet_is_joined_within_its_own_submission(expectations: Expectations) -> None:
    sheet = sheet_of(["n", "id"], [["1", "A"], ["2", "B"], ["1", "C"], [None, "D"]], ["s1", "s1", "s2", "s2"])
    exits = sheet_of(["N", "exit", "to"], [["1", "2026-01-31", "other"], ["9", "2026-01-30", None]], ["s1", "s2"])
    rows = mapped(expectations, sheet, ENROLMENT, dataset="enrolments", joined=exits, join_key="n")
    assert [(row["_submission_id"], row["person_id_agency"], row["exit_date"]) for row in rows] == [
        ("s1", "A", date(2026, 1, 31)),
        ("s1", "B", None),
        ("s2", "C", None),
        ("s2", "D", None),
    ]
    assert rows[0]["destination_code"] == "other"


def test_a_row_joined_twice_stays_one_row(expectations: Expectations) -> None:
    """Two exits of one enrolment: the later row in their sheet counts, and rows in stay what they are."""
    exits = sheet_of(["n", "exit", "to"], [["1", "2026-01-30", None], ["1", "2026-01-31", None]])
    rows = mapped(
        expectations, sheet_of(["n", "id"], [["1", "A"]]), ENROLMENT, dataset="enrolments", joined=exits, join_key="n"
    )
    assert [(row["exit_date"], row["_key_state"]) for row in rows] == [(date(2026, 1, 31), "single")]


def test_rows_marked_as_deleted_are_left_out_of_both_sheets(expectations: Expectations) -> None:
    sheet = sheet_of(["n", "id", "Deleted"], [["1", "A", None], ["2", "B", "2026-01-02"]])
    exits = sheet_of(["n", "exit", "to", "deleted"], [["1", "2026-01-31", None, "2026-02-01"]])
    rows = mapped(
        expectations,
        sheet,
        ENROLMENT,
        dataset="enrolments",
        joined=exits,
        join_key="n",
        leave_out_where_filled="deleted",
    )
    assert [(row["enrolment_id_agency"], row["exit_date"], row["_row_number"]) for row in rows] == [("1", None, 2)]


@pytest.mark.parametrize("how", [{"leave_out_where_filled": "Deleted"}, {"join_key": "number"}])
def test_a_sheet_without_the_column_to_filter_or_join_by_is_refused(
    expectations: Expectations, how: dict[str, Any]
) -> None:
    sheet = sheet_of(["n", "id"], [["1", "A"]])
    with pytest.raises(UnusableFileError) as caught:
        mapped(expectations, sheet, ENROLMENT, dataset="enrolments", joined=sheet, **how)
    assert caught.value.rule_id == "missing_column"


@pytest.mark.parametrize(
    ("rows", "submissions", "faulty", "repeats", "states"),
    [
        pytest.param([["1", "a"], ["2", "a"]], (), (), False, ["single", "single"], id="different keys"),
        pytest.param(
            [["1", "a"], ["1", "a"], ["1", "a"]], (), (), False, ["first", "repeat", "repeat"], id="word for word"
        ),
        pytest.param([["1", "a"], ["1", "b"]], (), (), False, ["conflict", "conflict"], id="other content"),
        pytest.param(
            [["1", "a"], ["1", "a"], ["1", "b"]], (), (), False, ["conflict"] * 3, id="a repeat beside other content"
        ),
        pytest.param(
            [["1", "a"], ["1", "b"]], ("s1", "s2"), (), False, ["single", "single"], id="each submission by itself"
        ),
        pytest.param([[None, "a"], [None, "b"]], (), (), False, ["single", "single"], id="no key"),
        pytest.param([[None, None], [None, None]], (), (2, 3), False, ["single", "single"], id="faulty rows"),
        pytest.param([["1", "a"], ["1", "b"]], (), (), True, ["single", "single"], id="a person in many rows"),
    ],
)
def test_rows_of_one_key_are_told_apart(
    expectations: Expectations,
    rows: Rows,
    submissions: Sequence[str],
    faulty: Sequence[int],
    repeats: bool,
    states: list[str],
) -> None:
    """What no column of ours holds counts as content too: nobody can say which of two such rows is right."""
    sheet = sheet_of(["id", "remark"], rows, submissions, faulty)
    found = mapped(expectations, sheet, {"person_id_agency": "id"}, repeats=repeats)
    assert [row["_key_state"] for row in found] == states


def test_a_key_of_several_columns_is_compared_whole(expectations: Expectations) -> None:
    sheet = sheet_of(
        ["id", "tool", "day", "score"],
        [
            ["1", "sdq_total", "2026-01-05", "3"],
            ["1", "sdq_total", "2026-01-06", "4"],
            ["1", "SDQ_total", "5/1/2026", "5"],
        ],
    )
    columns = {"person_id_agency": "id", "instrument_code": "tool", "assessed_date": "day", "score": "score"}
    rows = mapped(expectations, sheet, columns, dataset="outcomes", date_format="%d/%m/%Y")
    assert [row["_key_state"] for row in rows] == ["conflict", "single", "conflict"]


def test_a_faulty_row_holds_nothing(expectations: Expectations) -> None:
    sheet = sheet_of(["n", "id"], [["1", "A"], [None, None]], faulty=[3])
    columns = {**ENROLMENT, "program_code": {"constant": "home_help"}, "person_id_agency": {"derive": ["id"]}}
    rows = mapped(expectations, sheet, columns, dataset="enrolments")
    ours = [column.name for column in expectations.contracts["enrolments"].columns]
    assert [(row["_row_number"], row["_fault"]) for row in rows] == [(2, None), (3, "too_few_cells")]
    assert [rows[1][name] for name in ours] == [None] * len(ours)


def test_a_row_that_is_only_counted_keeps_its_number_day_and_threshold(expectations: Expectations) -> None:
    """Below the threshold of the situation table, what else the sheet holds stays in the archive."""
    columns = {
        "situation_id": "No",
        "presented_date": "Day",
        "threshold": "Risk",
        "zone_code": "Zone",
        "closed_date": "Closed",
    }
    sheet = sheet_of(
        list(columns.values()),
        [
            ("1", "2026-01-06", "met", "old_town", "2026-02-01"),
            ("2", "2026-01-06", "not_met", "old_town", "2026-02-01"),
        ],
    )
    met, not_met = mapped(expectations, sheet, columns, dataset="situations")
    assert (met["zone_code"], met["closed_date"]) == ("old_town", date(2026, 2, 1))
    assert (not_met["situation_id"], not_met["presented_date"], not_met["threshold"]) == (
        "2",
        date(2026, 1, 6),
        "not_met",
    )
    contract = expectations.contracts["situations"]
    others = {c.name for c in contract.columns} - {"situation_id", "presented_date", "threshold"}
    assert {not_met[name] for name in others} == {None}
