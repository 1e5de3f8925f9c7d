"""The `dorsale` command as a person or a script meets it: exit codes, messages, and nothing left behind."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from typer.testing import CliRunner, Result

from dagster_project.cli import app
from dagster_project.settings import Settings
from tests.conftest import make_settings
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, lines, small_settings
from tests.made_files import workbook, zipped

Run = Callable[..., Result]
CANARY = "Zyxcanary"
PERSON = f"A1,{CANARY},Roy,1980-02-03,F,,,,"


@pytest.fixture(scope="module")
def expectations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_settings(tmp_path_factory.mktemp("small"), ("clinic", "en"), ("centre", "fr")).expectations


@pytest.fixture
def settings(tmp_path: Path, expectations: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Roots of the test's own, which the command finds in its environment."""
    made = make_settings(tmp_path, expectations)
    monkeypatch.setenv("DORSALE_DATA", str(made.data))
    monkeypatch.setenv("DORSALE_EXPECTATIONS", str(made.expectations))
    monkeypatch.setenv("DORSALE_SITE", str(made.site))
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.delenv("AS_OF", raising=False)
    return made


@pytest.fixture
def run(settings: Settings) -> Run:
    def run_command(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run_command


def export(**members: bytes) -> bytes:
    return zipped({f"export/{name}.csv": content for name, content in members.items()})


TWO_SHEETS = workbook(First=[["id", "n"], ["001", 2]], Second=[["prénom"], ["Zoé"]])
ACCENT_AT_THE_END = b"id\n" + b"1\n" * 40_000 + "é\n".encode("cp1252")


@pytest.mark.parametrize(
    ("name", "content", "options", "header", "first", "rows"),
    [
        ("a.csv", b"id,name\n001,Ann\n", [], ["id", "name"], ["001", "Ann"], 1),
        ("a.txt", "nº;prénom\n1;Zoé\n2\n".encode("cp1252"), [], ["nº", "prénom"], ["1", "Zoé"], 2),
        ("a.tsv", "id\tprénom\n1\tZoé\n".encode("utf-16"), [], ["id", "prénom"], ["1", "Zoé"], 1),
        ("a.csv", "prénom|id\nZoé|1\n".encode("utf-8-sig"), [], ["prénom", "id"], ["Zoé", "1"], 1),
        ("a.csv", ACCENT_AT_THE_END, [], ["id"], ["1"], 40_001),
        ("a.XLSX", TWO_SHEETS, [], ["id", "n"], ["001", "2"], 1),
        ("a.xlsx", TWO_SHEETS, ["--sheet", "second"], ["prénom"], ["Zoé"], 1),
        ("a.zip", export(one=b"id\n1\n", two=b"n;m\n2;3\n"), [], ["id"], ["1"], 1),
        ("a.zip", export(one=b"id\n1\n", two=b"n;m\n2;3\n"), ["--sheet", "TWO.csv"], ["n", "m"], ["2", "3"], 1),
    ],
)
def test_read_writes_what_was_understood(
    run: Run,
    tmp_path: Path,
    name: str,
    content: bytes,
    options: list[str],
    header: list[str],
    first: list[str],
    rows: int,
) -> None:
    (tmp_path / name).write_bytes(content)
    result = run("read", tmp_path / name, tmp_path / "out.csv", *options)
    assert result.exit_code == 0, result.output
    assert f"{rows} rows in {len(header)} columns." in result.output
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))
    assert found[:2] == [header, first]
    assert len(found) == rows + 1


@pytest.mark.parametrize(
    ("content", "written", "findings"),
    [
        (b"", "", ["empty_file"]),
        (b"id,n\n", "id,n\n", ["no_rows"]),
        (b"Clinic,\n,\nid,n\n1,2\n3,4\n", "id,n\n1,2\n3,4\n", ["rows_above_header from row 3"]),
        (b"1,2\n3,4\n5,6\n", "col_0,col_1\n1,2\n3,4\n5,6\n", ["no_header from row 1"]),
        (
            b'id,name,n\n1,"Ann,2\n3,Bo\n4,Cy,5,6\n7,"Di, Lee",8\n',
            'id,name,n\n1,"""Ann",2\n3,Bo\n4,Cy,5,6\n7,"Di, Lee",8\n',
            ["stray_quote: 1 rows (2)", "too_few_cells: 1 rows (3)", "too_many_cells_in_row: 1 rows (4)"],
        ),
        ("id,prénom\n1,Zoé\n".encode("cp1252"), "id,prénom\n1,Zoé\n", ["encoding_guessed"]),
        (
            b"a,b,c\n1,2,3\n4,5,6\n7,8,9\n\nx,y\n1,2\n3,4\n5,6\n",
            "a,b,c\n1,2,3\n4,5,6\n7,8,9\n",
            ["rows_after_table from row 6"],
        ),
    ],
)
def test_read_keeps_every_record_or_says_which_it_left_out(
    run: Run, tmp_path: Path, content: bytes, written: str, findings: list[str]
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    result = run("read", tmp_path / "a.csv", tmp_path / "out.csv")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out.csv").read_bytes().decode().replace("\r\n", "\n") == written
    assert result.output.splitlines()[1:] == findings


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.xlsx", b"Zyxcanary", [], "The file is of another kind than its name says:"),
        ("a.csv", b"%PDF-1.7 Zyxcanary", [], "The file is of another kind than its name says:"),
        ("a.zip", b"Zyxcanary", [], "The file cannot be opened:"),
        ("a.xlsx", TWO_SHEETS, ["--sheet", "Third"], "The sheet 'Third' is not in the file."),
        ("a.zip", export(one=b"id\n1\n"), ["--sheet", "two.csv"], "The sheet 'two.csv' is not in the file."),
        ("a.csv", None, [], "There is no such file."),
    ],
)
def test_read_says_why_a_file_cannot_be_read(
    run: Run, tmp_path: Path, name: str, content: bytes | None, options: list[str], message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = run("read", tmp_path / name, tmp_path / "out.csv", *options)
    assert result.exit_code == 1
    assert message in result.output
    assert CANARY not in result.output
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("name", "content", "agency", "exit_code", "verdict", "rules"),
    [
        ("persons_2001-01.csv", lines(PERSONS_HEADER, PERSON), "clinic", 0, "clean", []),
        ("NIL_2001-01.txt", "", "clinic", 0, "clean", []),
        (
            "persons_2001-01.csv",
            lines(PERSONS_HEADER, PERSON, PERSON.replace("A1", "A2").replace(",F,", f",{CANARY},")),
            "clinic",
            1,
            "warn",
            [("", 3, "sex", "warn")],
        ),
        (
            "persons_2001-01.csv",
            lines(PERSONS_HEADER, PERSON, PERSON.replace("A1", ""), PERSON.replace("A1", "A3").replace(",F,", ",Z,")),
            "clinic",
            2,
            "quarantine",
            [("", 3, "id", "quarantine"), ("", 4, "sex", "warn")],
        ),
        (
            "persons_2001-01.csv",
            lines("first", CANARY),
            "clinic",
            3,
            "reject",
            [("", None, "id", "reject"), ("", None, "", "reject")],
        ),
        (f"{CANARY}.csv", lines(PERSONS_HEADER, PERSON), "clinic", 3, "reject", [("", None, "", "reject")]),
        ("persons_2001-01.csv", lines(PERSONS_HEADER, PERSON), "stranger", 3, "reject", [("", None, "", "reject")]),
    ],
)
def test_check_tells_its_verdict_by_exit_code_and_json(
    run: Run,
    settings: Settings,
    tmp_path: Path,
    name: str,
    content: str,
    agency: str,
    exit_code: int,
    verdict: str,
    rules: list[tuple[str, int | None, str, str]],
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    result = run("check", tmp_path / name, "--agency", agency, "--json")
    assert result.exit_code == exit_code, result.output
    judgement: dict[str, Any] = json.loads(result.stdout)
    assert judgement["verdict"] == verdict
    severe = [
        f for f in judgement["findings"] if "optional" not in f["message"] and "not collected" not in f["message"]
    ]
    assert [(f["sheet"], f["row"], f["column"], f["severity"]) for f in severe] == rules
    assert all(f["message"] for f in judgement["findings"])
    tally = judgement["tally"]
    assert tally["rows_in"] == tally["rows_accepted"] + tally["rows_quarantined"]
    assert CANARY not in result.output
    assert list(settings.data.iterdir()) == [settings.raw], "nothing of the file is kept"


def test_check_speaks_the_agencys_language(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "persons_2001-01.csv"
    path.write_text(lines(PERSONS_HEADER, PERSON.replace("1980-02-03", "1980-02-30")), encoding="utf-8")
    result = run("check", path, "--agency", "centre")
    assert result.exit_code == 1
    assert "warn       unreadable_value (born, row 2): « born » ne contient pas une date" in result.output
    assert "1 rows in = 1 accepted + 0 quarantined" in result.output
    assert "1980" not in result.output


def test_check_knows_the_persons_of_the_last_build(run: Run, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "enrolments_2001-01.csv"
    path.write_text(lines(ENROLMENTS_HEADER, "E1,A1,P1,2001-01-05,,"), encoding="utf-8")
    assert run("check", path, "--agency", "clinic").exit_code == 2, "nobody is known before the first build"
    settings.accepted.mkdir()
    known = pa.table({"_agency_id": ["clinic", "centre"], "person_id_agency": ["A1", "A2"]})
    parquet.write_table(known, settings.accepted / "persons.parquet")
    assert run("check", path, "--agency", "clinic").exit_code == 0
    path.write_text(lines(ENROLMENTS_HEADER, "E1,A2,P1,2001-01-05,,"), encoding="utf-8")
    assert run("check", path, "--agency", "clinic").exit_code == 2, "another agency's number is another person's"


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_check_refuses_what_no_build_would_take(run: Run, tmp_path: Path, as_json: list[str]) -> None:
    path = tmp_path / "persons_2001-01.csv"
    path.write_text(lines(PERSONS_HEADER, PERSON), encoding="utf-8")
    stranger = run("check", path, "--agency", "clinik", *as_json)
    assert stranger.exit_code == 3
    assert ("Did you mean 'clinic'?" in stranger.output) is (not as_json)
    (tmp_path / "received.csv").write_text("file,received\n", encoding="utf-8")
    assert run("check", tmp_path / "received.csv", "--agency", "clinic", *as_json).exit_code == 3


def test_a_file_that_is_not_there_is_not_taken_for_a_file_with_warnings(run: Run, tmp_path: Path) -> None:
    result = run("check", tmp_path / "no.csv", "--agency", "clinic")
    assert result.exit_code == 3
    assert "There is no such file." in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["release", "--because", "too early"], "There is no preview to release: run make build first."),
        (["release", "--because", " "], "Say why this release is made"),
        (["serve"], "There is no site yet: run make build first."),
        (["site"], "Nothing is published yet: run make build first."),
    ],
)
def test_what_needs_a_build_first_says_so(run: Run, settings: Settings, arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert {path.name for path in settings.data.glob("[!.]*")} <= {"raw", "log"}


def test_a_day_that_is_none_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AS_OF", "31/03/2026")
    result = run("build", "--no-site")
    assert result.exit_code == 1
    assert "AS_OF is no day: write it as YYYY-MM-DD." in result.output


def test_a_past_day_is_of_builds_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person decides with any other command is decided today, and stays in the journal."""
    monkeypatch.setenv("AS_OF", "2026-03-31")
    assert Settings.from_environment().known_by is None
    assert Settings.from_environment(is_build=True).known_by == date(2026, 3, 31)


def test_a_day_to_come_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AS_OF", "2999-12-31")
    result = run("build", "--no-site")
    assert result.exit_code == 1
    assert "AS_OF is a day to come" in result.output


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["build", "--nonsense"], ["accept"], ["check", "a.csv"], ["serve", "--port", "x"], []]
)
def test_a_command_that_is_not_understood_ends_with_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_wrong_expectations_stop_every_command(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DORSALE_EXPECTATIONS", str(tmp_path / "nowhere"))
    (tmp_path / "a.csv").write_text("id\n1\n", encoding="utf-8")
    file = str(tmp_path / "a.csv")
    for arguments in (
        ["build", "--no-site"], ["check", file, "--agency", "clinic"], ["take", file], ["status"], ["status", "--json"],
        ["expire"], ["template", "clinic"], ["mirror", "clinic"], ["onboard", "clinic", file], ["privacy"],
        ["undo", "e1", "--because", "x"], ["pseudonymise", file, "--agency", "clinic"],
    ):  # fmt: skip
        result = run(*arguments)
        assert result.exit_code == 4, arguments
        assert "nowhere/initiative.yml:1: The file is missing." in result.output


def test_clean_removes_what_can_be_made_again_and_nothing_else(run: Run, settings: Settings) -> None:
    made = ("accepted", "identity", "quarantine", "reference", "state", "vault", "dagster")
    kept = ("archive", "feedback", "journal", "log", "raw", "releases", "stewardship")
    for name in (*made, *kept):
        (settings.data / name / "clinic").mkdir(parents=True, exist_ok=True)
        (settings.data / name / "clinic" / "file").write_text("x", encoding="utf-8")
    settings.warehouse.write_bytes(b"x")
    settings.published.symlink_to("releases/clinic", target_is_directory=True)
    assert run("clean").exit_code == 0
    assert sorted(path.name for path in settings.data.glob("[!.]*")) == sorted(kept)
    assert all((settings.data / name / "clinic" / "file").exists() for name in kept)
