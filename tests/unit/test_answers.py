"""What an agency answers to a finding is remembered, silences the question for a time, and changes no count."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from dagster_project.contracts import Expectations
from dagster_project.feedback.workbook import PLACE
from dagster_project.settings import Settings
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, drop, lines
from tests.unit.returned_files import build, comments, filled_in, partners, received_on, the_return, with_months

PERSON = "A1,Marie,Zyxname,1980-02-03,F,G1A 1A1,,,"
BAD_DATE, OTHER_BAD_DATE = "Zyx1,A1,P1,2026-02-30,,", "Zyx2,A1,P1,2026-02-30,,"
GOOD = "E9,A1,P1,2026-01-05,,"
DAYS = {"persons_2026-01.csv": "2026-02-01", "enrolments_2026-01.csv": "2026-02-01", "back.xlsx": "2026-02-10"}


@pytest.fixture
def room(tmp_path: Path) -> tuple[Settings, Expectations]:
    """A clinic with one date that does not exist, in a row set aside."""
    settings, expectations = partners(tmp_path)
    drop(settings, "clinic", "persons_2026-01.csv", lines(PERSONS_HEADER, PERSON))
    drop(settings, "clinic", "enrolments_2026-01.csv", lines(ENROLMENTS_HEADER, BAD_DATE, GOOD))
    received_on(settings, "clinic", DAYS)
    build(settings, expectations)
    return settings, expectations


def answer(settings: Settings, word: str, name: str = "back.xlsx", by: str = "Zoé Zyxauthor") -> None:
    """The clinic drops its January return again, answered in the first line."""
    path = the_return(settings, "clinic", "enrolments_2026-01")
    drop(settings, "clinic", name, filled_in(path, {2: (word, by, "=Zyxremark")}))


def findings(settings: Settings, stem: str, agency_id: str = "clinic") -> list[list[Any]]:
    workbook = CalamineWorkbook.from_path(str(the_return(settings, agency_id, stem)))
    return workbook.get_sheet_by_name(workbook.sheet_names[1]).to_python()[1:]


def summary(settings: Settings, stem: str, agency_id: str = "clinic") -> dict[str, Any]:
    workbook = CalamineWorkbook.from_path(str(the_return(settings, agency_id, stem)))
    return {row[0]: row[1] for row in workbook.get_sheet_by_name(workbook.sheet_names[0]).to_python() if row[0]}


def february(settings: Settings, *rows: str, received: str = "2026-03-01") -> None:
    drop(settings, "clinic", "enrolments_2026-02.csv", lines(ENROLMENTS_HEADER, *rows))
    received_on(settings, "clinic", {**DAYS, "enrolments_2026-02.csv": received})


# The names are those of files with data, or of nothing that is agreed.
@pytest.mark.parametrize("name", ["visits_2026-01.xlsx", "persons_2026-03.csv", "pack_2026-01.zip", "my answers"])
def test_an_answered_return_is_no_data_and_changes_no_count(room: tuple[Settings, Expectations], name: str) -> None:
    settings, expectations = room
    _, before, _ = build(settings, expectations)
    answer(settings, "explained", name)
    submissions, tally, _ = build(settings, expectations)
    assert [s.kind for s in submissions if s.path == name] == ["answers"]
    assert (tally.rows_in, tally.rows_accepted, tally.rows_quarantined) == (3, 2, 1)
    assert (tally.rows_in, tally.rows_quarantined) == (before.rows_in, before.rows_quarantined)
    states = duckdb.sql(f"""select state, count(*), sum(rows_in) from
        '{settings.reference}/submission_files.parquet' group by all""").fetchall()
    assert states == [("accepted", 3, 3)]
    assert tally.files_seen == 3
    stem = Path(name).stem
    told = summary(settings, stem)
    assert told["Answers noted"] == 1
    assert told["Outcome"] == "Your answers have been received and noted"
    assert findings(settings, stem) == []


def test_an_answered_finding_is_known_and_not_raised_again(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    assert len(findings(settings, "enrolments_2026-01")) == 1
    answer(settings, "  Explained ")
    february(settings, BAD_DATE, OTHER_BAD_DATE)
    build(settings, expectations)
    told = summary(settings, "enrolments_2026-01")
    assert findings(settings, "enrolments_2026-01") == []
    assert (told["Findings known and answered"], told["Findings to look at"]) == (1, 0)
    assert told["Rows set aside"] == 1, "an answer does not make a row count"
    # The same row is known in February's file, another is not.
    (line,) = findings(settings, "enrolments_2026-02")
    assert (line[PLACE["count"]], line[PLACE["places"]]) == (1, "3")
    assert set(comments(the_return(settings, "clinic", "enrolments_2026-02"), "Data")) == {"D3"}
    _, _, written = build(settings, expectations)
    assert written == 0


def test_what_cannot_be_collected_is_known_for_the_whole_column(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    answer(settings, "impossible à recueillir")
    february(settings, OTHER_BAD_DATE, "E8,A1,Zyxcode,2026-02-05,,")
    build(settings, expectations)
    # The code itself, and that it never came before.
    assert [line[PLACE["column"]] for line in findings(settings, "enrolments_2026-02")] == ["program", "program"]


def test_an_answer_expires(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    answer(settings, "explained")
    build(settings, expectations, date(2027, 2, 9))
    assert findings(settings, "enrolments_2026-01") == []
    build(settings, expectations, date(2027, 2, 10))
    assert len(findings(settings, "enrolments_2026-01")) == 1
    build(settings, with_months(expectations, 24), date(2027, 2, 10))
    assert findings(settings, "enrolments_2026-01") == []


def test_fixed_at_the_source_ends_when_it_comes_again(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    answer(settings, "fixed at the source")
    february(settings, GOOD, BAD_DATE)
    build(settings, expectations)
    assert findings(settings, "enrolments_2026-01") == [], "what came before the correction"
    (line,) = findings(settings, "enrolments_2026-02")
    assert line[PLACE["places"]] == "3"
    assert line[PLACE["remedy"]].endswith("You wrote on 2026-02-10 that this was fixed at the source; it came again.")


def test_a_sheet_sent_back_is_always_told(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    drop(settings, "clinic", "enrolments_2026-02.csv", lines("number,id,program,exit,destination", "E1,A1,P1,,"))
    build(settings, expectations)
    with pytest.raises(AssertionError, match="is no cell to answer in"):
        filled_in(the_return(settings, "clinic", "enrolments_2026-02"), {2: ("explained", "", "")})


def test_an_answered_return_of_another_agency_is_refused(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    path = the_return(settings, "clinic", "enrolments_2026-01")
    drop(settings, "centre", "back.xlsx", filled_in(path, {2: ("explained", "Z", "")}))
    build(settings, expectations)
    (line,) = findings(settings, "back", "centre")
    assert line[PLACE["what"]] == expectations.finding_words["answers_of_another_agency"].message["fr"]
    assert len(findings(settings, "enrolments_2026-01")) == 1
    assert not (settings.journal / "finding_answers").exists()
    states = duckdb.sql(f"from '{settings.reference}/submission_files.parquet' where agency_id = 'centre'").fetchall()
    assert [row[6] for row in states] == ["rejected"]


def test_a_return_whose_mark_was_changed_by_hand_is_refused(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    (submission_id,) = (s.submission_id for s in build(settings, expectations)[0] if s.path.startswith("enrolments"))
    path = the_return(settings, "clinic", "enrolments_2026-01")
    content = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(content, "w") as target:
        for name in archive.namelist():
            target.writestr(name, archive.read(name).replace(submission_id.encode(), b"Zyxname"))
    drop(settings, "clinic", "back.xlsx", content.getvalue())
    submissions, _, _ = build(settings, expectations)
    assert [(s.kind, s.findings[0].rule_id) for s in submissions if s.path == "back.xlsx"] == [
        ("unusable", "unreadable_file")
    ]
    assert not (settings.journal / "finding_answers").exists()


@pytest.mark.parametrize(
    ("word", "rule_id", "row"),
    [("perhaps", "unknown_answer", "2"), ("", "no_answer_given", ""), (" ", "no_answer_given", "")],
)
def test_an_answer_that_cannot_be_noted_is_told(
    room: tuple[Settings, Expectations], word: str, rule_id: str, row: str
) -> None:
    settings, expectations = room
    answer(settings, word)
    build(settings, expectations)
    (line,) = findings(settings, "back")
    assert (line[PLACE["what"]], line[PLACE["places"]]) == (expectations.finding_words[rule_id].message["en"], row)
    assert len(findings(settings, "enrolments_2026-01")) == 1


def test_an_answer_to_a_finding_that_is_gone_is_told(room: tuple[Settings, Expectations]) -> None:
    settings, expectations = room
    drop(settings, "clinic", "enrolments_2026-02.csv", lines(ENROLMENTS_HEADER, "E5,A2,P1,2026-02-05,,"))
    build(settings, expectations)
    path = the_return(settings, "clinic", "enrolments_2026-02")
    drop(settings, "clinic", "back.xlsx", filled_in(path, {2: ("explained", "Z", "")}))
    # The person arrives together with the answer: the row is taken by itself.
    drop(settings, "clinic", "persons_2026-02.csv", lines(PERSONS_HEADER, PERSON.replace("A1", "A2")))
    build(settings, expectations)
    (line,) = findings(settings, "back")
    assert line[PLACE["what"]] == expectations.finding_words["answered_finding_gone"].message["en"]


def test_the_journal_keeps_answers_without_values_and_the_analyst_gets_the_remarks(
    room: tuple[Settings, Expectations],
) -> None:
    settings, expectations = room
    answer(settings, "explained")
    build(settings, expectations)
    (path,) = (settings.journal / "finding_answers").glob("*.json")
    text = path.read_text(encoding="utf-8")
    assert "Zyx" not in text
    kept = json.loads(text)["answers"]
    assert [(a["dataset"], a["rule_id"], a["column"], a["answer"], a["by"]) for a in kept] == [
        ("enrolments", "unreadable_value", "entry_date", "explained", "Z.Z.")
    ]
    (told,) = (settings.stewardship / "finding_answers").glob("*.xlsx")
    rows = CalamineWorkbook.from_path(str(told)).get_sheet_by_index(0).to_python()
    assert rows[1][-2:] == ["Zoé Zyxauthor", "=Zyxremark"]
    # It is only added to: what it holds outlives the workbook, and is the same when all is made again.
    before = path.stat().st_mtime_ns
    (settings.raw / "clinic" / "back.xlsx").unlink()
    build(settings, expectations)
    assert findings(settings, "enrolments_2026-01") == []
    assert path.stat().st_mtime_ns == before
