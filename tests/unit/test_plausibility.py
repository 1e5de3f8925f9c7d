"""What is odd about a file as a whole: found, held where it would falsify figures, let through by a person."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.check_file import check_file
from dagster_project.contracts import Expectations, load_expectations
from dagster_project.feedback.returns import write_feedback
from dagster_project.intake.archive import receive_files
from dagster_project.intake.submissions import read_submissions
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.submissions import Submission, extract_paths
from dagster_project.validation.acceptance import Tally, accept_rows
from dagster_project.validation.pauses import UnknownPauseError, accept_pause
from dagster_project.validation.verdicts import judge_new_extracts
from tests.conftest import make_settings, run_dorsale

AGREEMENT = """
agency_id: {agency}
name: {{en: Clinic, fr: Clinique}}
sector: health
language: {language}
valid_from: 2001-01-01
legal_basis: {{en: Test., fr: Essai.}}
consent: {{en: Test., fr: Essai.}}
frequency: month
due_day: 15
programs:
  - {{program_id: {agency}_program, name: {{en: Programme, fr: Programme}}, codes: [P1]}}
files:
  - pattern: "persons_{{yyyy}}-{{mm}}*.csv"
    kind: text
    date_format: "%d/%m/%Y"
    delivers: month
    extracts:
      - dataset: persons
        columns: {{person_id_agency: id, first_name: first, last_name: last, birth_date: born}}
  - pattern: "contacts_{{yyyy}}-{{mm}}*.csv"
    kind: text
    date_format: "%d/%m/%Y"
    delivers: month
    extracts:
      - dataset: contacts
        columns: {{contact_id_agency: n, person_id_agency: id, program_code: program, contact_date: day,
          contact_status: status, contact_kind: kind}}
"""
PERSONS, CONTACTS = "id,first,last,born", "n,id,program,day,status,kind"
LAST = 8
AS_OF = date(2001, 9, 10)


def persons(letter: str, month: int) -> list[str]:
    """All ninety in January; then each month some of them again and three new ones."""
    numbers = range(90) if month == 1 else [*range(month, 90, 8), *range(90 + 3 * month, 93 + 3 * month)]
    return [PERSONS, *(f"{letter}{n},Ana,Roy,{n % 28 + 1:02}/{n % 12 + 1:02}/1990" for n in numbers)]


def contacts(
    letter: str, month: int, count: int = 60, kind: str = "call", day: str = "{day:02}/{month:02}/2001", start: int = 0
) -> list[str]:
    return [
        CONTACTS,
        *(
            f"K{month}-{start + n},{letter}{start + (n * 7 + month) % 90},P1,"
            f"{day.format(day=n % 28 + 1, month=month)},delivered,{kind}"
            for n in range(count)
        ),
    ]


def drop(settings: Settings, agency: str, name: str, lines: list[str]) -> None:
    (settings.raw / agency).mkdir(exist_ok=True)
    (settings.raw / agency / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def received_after(settings: Settings, agency: str) -> None:
    """Each file came on the fifth of the month after, later ones of the same month a day later each."""
    lines = ["file,received"]
    for path in sorted((settings.raw / agency).glob("*_2001*.csv")):
        month = int(path.stem.split("-")[1][:2])
        lines.append(f"{path.name},2001-{month + 1:02}-{5 + path.stem.count('_again'):02}")
    (settings.raw / agency / "received.csv").write_text("\n".join(lines), encoding="utf-8")


def judge(settings: Settings, expectations: Expectations) -> tuple[list[Submission], Tally]:
    received_after(settings, "clinic")
    received_after(settings, "centre")
    submissions = read_submissions(settings, expectations, receive_files(settings))
    judge_new_extracts(settings, expectations, extract_paths(submissions))
    return submissions, accept_rows(settings, expectations, submissions, AS_OF)


def rows(path: Path, columns: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.sql(f"select {columns} from '{path}' order by all").fetchall()


def found(settings: Settings, submissions: list[Submission]) -> list[tuple[Any, ...]]:
    """Of each extract as a whole: file, rule, severity, column."""
    names = {submission.submission_id: submission.path for submission in submissions}
    every = rows(
        settings.quarantine / "findings.parquet", """_submission_id, rule_id, severity, "column", _row_number"""
    )
    return sorted((names[i], rule, severity, column) for i, rule, severity, column, row in every if row is None)


def states(settings: Settings, submissions: list[Submission]) -> dict[str, str]:
    kept = dict(rows(settings.reference / "submission_files.parquet", "submission_id, state"))
    return {f"{s.agency_id}/{s.path}": kept[s.submission_id] for s in submissions}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Expectations]:
    """Two agencies that sent their months up to July."""
    root = tmp_path_factory.mktemp("plausibility")
    folder = root / "expectations"
    shutil.copytree(PROJECT_ROOT / "expectations", folder, ignore=shutil.ignore_patterns("partners"))
    (folder / "partners").mkdir()
    for agency, language in (("clinic", "en"), ("centre", "fr")):
        text = AGREEMENT.format(agency=agency, language=language)
        (folder / "partners" / f"{agency}.yml").write_text(text, encoding="utf-8")
    settings = make_settings(root, folder)
    for agency, letter in (("clinic", "A"), ("centre", "C")):
        for month in range(1, LAST):
            drop(settings, agency, f"persons_2001-{month:02}.csv", persons(letter, month))
            drop(settings, agency, f"contacts_2001-{month:02}.csv", contacts(letter, month))
    expectations = load_expectations(folder)
    expectations = replace(expectations, initiative=replace(expectations.initiative, first_month=date(2001, 1, 1)))
    judge(settings, expectations)
    return settings, expectations


@pytest.fixture
def ready(before: tuple[Settings, Expectations], tmp_path: Path) -> tuple[Settings, Expectations]:
    settings, expectations = before
    shutil.copytree(settings.data, tmp_path / "data")
    return replace(settings, data=tmp_path / "data"), expectations


def last_as(day: str) -> Callable[[], list[str]]:
    return lambda: contacts("A", LAST, day=day)


def opened_in_a_spreadsheet() -> list[str]:
    """Days up to the twelfth were taken for months and saved as dates; the others stayed texts."""
    lines = contacts("A", LAST)
    for number, line in enumerate(lines[1:], 1):
        day = (number - 1) % 28 + 1
        if day <= 12:
            lines[number] = line.replace(f"{day:02}/08/2001", f"2001-{day:02}-08")
    return lines


def with_two_new_codes() -> list[str]:
    lines = contacts("A", LAST)
    return [*lines[:-3], *(line.replace(",call", f",{code}") for line, code in zip(lines[-3:], "XXY", strict=True))]


CASES: dict[str, tuple[Callable[[], list[str]], tuple[str, str, str | None] | None]] = {
    "as every month": (lambda: contacts("A", LAST), None),
    "few rows": (lambda: contacts("A", LAST, 15), ("file_much_smaller", "warn", None)),
    "far fewer": (lambda: contacts("A", LAST, 8), ("file_much_smaller", "hold", None)),
    "many rows": (lambda: contacts("A", LAST, 200), ("file_much_larger", "warn", None)),
    "far more": (lambda: contacts("A", LAST, 320), ("file_much_larger", "hold", None)),
    "July's rows": (lambda: contacts("A", LAST - 1), ("last_period_again", "hold", None)),
    "another's persons": (lambda: contacts("C", LAST), ("another_agencys_rows", "hold", None)),
    "numbered anew": (lambda: contacts("A", LAST, start=500), ("ids_all_new", "hold", None)),
    "dates of March": (last_as("{day:02}/03/2001"), ("wrong_period", "hold", "contact_date")),
    "a year ago": (last_as("{day:02}/{month:02}/2000"), ("wrong_period", "hold", "contact_date")),
    "month first": (last_as("{month:02}/{day:02}/2001"), ("other_date_order", "hold", "contact_date")),
    "orders mixed": (opened_in_a_spreadsheet, ("other_date_order", "hold", "contact_date")),
    "empty column": (lambda: contacts("A", LAST, kind=""), ("column_suddenly_empty", "warn", "contact_kind")),
    "new codes": (with_two_new_codes, ("new_codes", "warn", "contact_kind")),
}


@pytest.mark.parametrize("case", CASES)
def test_a_file_is_judged_beside_the_earlier_ones(ready: tuple[Settings, Expectations], case: str) -> None:
    settings, expectations = ready
    lines, expected = CASES[case]
    drop(settings, "clinic", "contacts_2001-08.csv", lines())
    submissions, tally = judge(settings, expectations)
    assert found(settings, submissions) == ([("contacts_2001-08.csv", *expected)] if expected else [])
    is_held = expected is not None and expected[1] == "hold"
    assert states(settings, submissions)["clinic/contacts_2001-08.csv"] == ("held" if is_held else "accepted")
    taken = rows(settings.accepted / "contacts.parquet", "count(*) filter (_period_start = '2001-08-01')")[0][0]
    assert (taken == 0) == is_held
    assert tally.rows_in == tally.rows_accepted + tally.rows_quarantined
    if is_held:
        assert tally.rows_quarantined == len(lines()) - 1


def test_birth_dates_with_the_month_first_stop_the_file(ready: tuple[Settings, Expectations]) -> None:
    settings, expectations = ready
    lines = [PERSONS, *(f"A{n},Ana,Roy,{n % 12 + 1:02}/{n % 28 + 1:02}/1990" for n in range(30))]
    drop(settings, "clinic", "persons_2001-08.csv", lines)
    submissions, _ = judge(settings, expectations)
    assert found(settings, submissions) == [("persons_2001-08.csv", "other_date_order", "hold", "birth_date")]


def test_what_is_held_replaces_nothing_and_is_forgotten_when_a_better_file_comes(
    ready: tuple[Settings, Expectations],
) -> None:
    settings, expectations = ready
    drop(settings, "clinic", "contacts_2001-07_again.csv", contacts("A", 7, 5))
    submissions, _ = judge(settings, expectations)
    kept = states(settings, submissions)
    assert kept["clinic/contacts_2001-07.csv"] == "accepted"
    assert kept["clinic/contacts_2001-07_again.csv"] == "held"
    july = "count(*) filter (_agency_id = 'clinic' and _period_start = '2001-07-01')"
    assert rows(settings.accepted / "contacts.parquet", july) == [(60,)]
    drop(settings, "clinic", "contacts_2001-07_again_again.csv", contacts("A", 7, 55))
    submissions, _ = judge(settings, expectations)
    kept = states(settings, submissions)
    assert kept["clinic/contacts_2001-07_again.csv"] == "superseded", "nobody waits for it any more"
    assert rows(settings.accepted / "contacts.parquet", july) == [(55,)]


def test_a_held_file_is_no_measure_for_the_next(ready: tuple[Settings, Expectations]) -> None:
    """The second file with another agency's persons is found out although the first one came before it."""
    settings, expectations = ready
    drop(settings, "clinic", "contacts_2001-07.csv", contacts("C", 7))
    drop(settings, "clinic", "contacts_2001-08.csv", contacts("C", LAST))
    (settings.raw / "clinic" / "contacts_2001-06.csv").unlink()
    submissions, _ = judge(settings, expectations)
    assert {name for name, rule, severity, _ in found(settings, submissions) if severity == "hold"} == {
        "contacts_2001-07.csv",
        "contacts_2001-08.csv",
    }


def held_one(settings: Settings, expectations: Expectations) -> Submission:
    drop(settings, "clinic", "contacts_2001-08.csv", contacts("A", LAST, 8))
    submissions, _ = judge(settings, expectations)
    return next(s for s in submissions if (s.agency_id, s.path) == ("clinic", "contacts_2001-08.csv"))


def test_a_person_lets_it_through(ready: tuple[Settings, Expectations]) -> None:
    settings, expectations = ready
    held = held_one(settings, expectations)
    assert accept_pause(settings, held.submission_id[:8].upper(), "Closed for two weeks.", AS_OF) == held.submission_id
    submissions, tally = judge(settings, expectations)
    assert states(settings, submissions)["clinic/contacts_2001-08.csv"] == "accepted"
    assert tally.rows_quarantined == 0
    assert found(settings, submissions) == [("contacts_2001-08.csv", "file_much_smaller", "warn", None)]
    [record] = settings.accepted_pauses.glob("*")
    assert json.loads(record.read_text(encoding="utf-8")) == {
        "submission_id": held.submission_id,
        "because": "Closed for two weeks.",
        "day": "2001-09-10",
    }
    with pytest.raises(UnknownPauseError, match="accepted before"):
        accept_pause(settings, held.submission_id, "Again.", AS_OF)
    assert "Closed" in record.read_text(encoding="utf-8"), "the journal is only added to"


def test_accepting_says_kindly_what_cannot_be(ready: tuple[Settings, Expectations]) -> None:
    settings, expectations = ready
    held_one(settings, expectations)
    taken = rows(settings.reference / "submission_files.parquet", "submission_id, state")
    counted = next(submission_id for submission_id, state in taken if state == "accepted")
    for letters, words in [("abc", "8 letters"), ("z" * 8, "No submission begins so"), (counted, "it is accepted")]:
        with pytest.raises(UnknownPauseError, match=words):
            accept_pause(settings, letters, "Because.", AS_OF)
    said = run_dorsale(settings, "accept", "zzzzzzzz", "--because", "Because.", expect=1)
    assert "No submission begins so" in said


def test_the_analyst_sets_the_limits_and_may_pause_nothing(ready: tuple[Settings, Expectations]) -> None:
    settings, expectations = ready
    limits = replace(expectations.initiative.plausibility, pause_factor=20)
    wide = replace(expectations, initiative=replace(expectations.initiative, plausibility=limits))
    held_one(settings, wide)
    assert [severity for *_, severity, _ in rows(settings.quarantine / "findings.parquet", "1, severity, 1")] == [
        "warn"
    ]
    words = expectations.finding_words["file_much_smaller"]
    mild = {**expectations.finding_words, "file_much_smaller": replace(words, severity="warn")}
    _, tally = judge(settings, replace(expectations, finding_words=mild))
    assert tally.rows_quarantined == 0


def test_the_agency_reads_why_and_that_someone_will_call(ready: tuple[Settings, Expectations]) -> None:
    settings, expectations = ready
    drop(settings, "centre", "contacts_2001-08.csv", contacts("C", LAST, 8))
    held = held_one(settings, expectations)
    submissions, _ = judge(settings, expectations)
    write_feedback(settings, expectations, submissions, AS_OF)
    english = (settings.feedback / "clinic" / f"contacts_2001-08_{held.submission_id[:8]}.txt").read_text("utf-8")
    assert "Someone will call you" in english
    assert "1 × Far fewer rows than usual" in english
    [path] = (settings.feedback / "centre").glob("contacts_2001-08_*.txt")
    french = path.read_text("utf-8")
    assert "Quelqu'un vous appellera" in french
    assert "1 × Beaucoup moins de lignes que d'habitude" in french


def test_a_single_file_is_checked_beside_what_the_last_build_took(
    ready: tuple[Settings, Expectations], tmp_path: Path
) -> None:
    settings, expectations = ready
    file = tmp_path / "contacts_2001-08.csv"
    file.write_text("\n".join(contacts("A", LAST, 8)) + "\n", encoding="utf-8")
    judgement = check_file(settings, expectations, file, "clinic")
    assert judgement.verdict == "hold"
    [finding] = judgement.findings
    assert finding.message == "The file has 8 rows here; usually there are about 60."
    assert (judgement.tally.rows_in, judgement.tally.rows_quarantined) == (8, 8)
    file.write_text("\n".join(contacts("A", LAST)) + "\n", encoding="utf-8")
    assert check_file(settings, expectations, file, "clinic").verdict == "clean"


def test_a_correction_cannot_bring_rows_in_that_never_came(ready: tuple[Settings, Expectations]) -> None:
    settings, expectations = ready
    drop(settings, "clinic", f"contacts_2001-{LAST - 1:02}_correction.csv", contacts("Z", LAST - 1))
    submissions, _ = judge(settings, expectations)
    assert states(settings, submissions)[f"clinic/contacts_2001-{LAST - 1:02}_correction.csv"] == "held"
    assert [rule for _, rule, severity, _ in found(settings, submissions) if severity == "hold"] == [
        "correction_unknown"
    ]


def test_a_correction_of_rows_that_came_is_taken(ready: tuple[Settings, Expectations]) -> None:
    settings, expectations = ready
    lines = contacts("A", LAST - 1)
    drop(settings, "clinic", f"contacts_2001-{LAST - 1:02}_correction.csv", [lines[0], *lines[3:12]])
    submissions, _ = judge(settings, expectations)
    assert states(settings, submissions)[f"clinic/contacts_2001-{LAST - 1:02}_correction.csv"] == "accepted"
