"""A removal takes with it what hangs on a file: returns with its cells, copies, names of folders; and nothing else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from dagster_project.contracts import Expectations
from dagster_project.identity.decisions import COLUMNS
from dagster_project.removal.certificates import Certificate
from dagster_project.removal.completing import complete_removals
from dagster_project.removal.requests import RemovalError, request_forget, request_purge
from dagster_project.removal.rooms import take_review_answers
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from tests.conftest import make_settings
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, drop, lines
from tests.unit.linkage_rows import Linked, expectations_for_tests, person
from tests.unit.returned_files import build, filled_in, partners, the_return

DAY = date(2026, 3, 31)
PERSONS = lines(PERSONS_HEADER, "1,Zyxa,Zyxb,1980-02-03,F,,,,", "2,Ann,Roy,1981-02-03,F,,,,")
ENROLMENTS = lines(ENROLMENTS_HEADER, "Z9,1,P1,2026-02-30,,", "E2,2,P1,2026-02-30,,")


def purge(settings: Settings, expectations: Expectations, submission: Submission) -> Certificate:
    request_purge(settings, expectations, submission.submission_id, "wrong", DAY)
    return next(one for one in complete_removals(settings, expectations, DAY) if "rows" in one.removed)


def by_name(submissions: list[Submission]) -> dict[str, Submission]:
    return {submission.path: submission for submission in submissions}


def archived(settings: Settings) -> set[bytes]:
    return {path.read_bytes() for path in settings.archive.glob("??/*") if path.suffix != ".json"}


def test_a_return_with_cells_of_a_purged_file_goes_too_and_the_answers_of_others_stay(tmp_path: Path) -> None:
    settings, expectations = partners(tmp_path)
    drop(settings, "clinic", "persons_2026-01.csv", PERSONS)
    drop(settings, "clinic", "enrolments_2026-01.csv", ENROLMENTS)
    drop(settings, "clinic", "enrolments_2026-02.csv", ENROLMENTS.replace("Z9", "E9"))
    build(settings, expectations)
    for month in ("01", "02"):
        returned = the_return(settings, "clinic", f"enrolments_2026-{month}")
        drop(settings, "clinic", f"returned_{month}.xlsx", filled_in(returned, {2: ("explained", "A. B.", "so it is")}))
    submissions = by_name(build(settings, expectations)[0])
    entry = settings.journal / "finding_answers" / f"{submissions['returned_01.xlsx'].submission_id}.json"
    assert len(json.loads(entry.read_text())["answers"][0]["subjects"]) == 2

    certificate = purge(settings, expectations, submissions["enrolments_2026-01.csv"])
    assert certificate.removed["returns"] == 1
    assert not any(b"Z9" in content for content in archived(settings))
    assert (settings.raw / "clinic" / "returned_02.xlsx").read_bytes() in archived(settings)
    assert (settings.raw / "clinic" / "returned_01.xlsx").read_bytes() not in archived(settings)
    remarks = [path.name for path in (settings.stewardship / "finding_answers").iterdir()]
    assert remarks == [f"2026-{remarks[0][5:10]}_clinic_{submissions['returned_02.xlsx'].submission_id[:8]}.xlsx"]
    # Of E2 another file holds a row: what was said of it stays.
    assert len(json.loads(entry.read_text())["answers"][0]["subjects"]) == 1
    again, tally, _ = build(settings, expectations)
    assert [one.kind for one in again].count("purged") == 2
    assert tally.files_seen == len(submissions)


def test_every_copy_of_a_purged_file_is_purged_and_no_folder_that_is_nobodys_is_named(tmp_path: Path) -> None:
    settings, expectations = partners(tmp_path)
    drop(settings, "clinic", "persons_2026-01.csv", PERSONS)
    drop(settings, "clinic", "persons_2026-02.csv", PERSONS)
    drop(settings, "clinic", "persons_2026-02 copy.csv", PERSONS)
    drop(settings, "Zyxfolder", "Zyxname.csv", PERSONS)
    submissions, tally, _ = build(settings, expectations)
    certificate = purge(settings, expectations, by_name(submissions)["Zyxname.csv"])
    assert certificate.removed["submissions"] == 4
    assert len(certificate.still_in_drop_folder) == 4
    for _ in range(2):
        again, tally_now, _ = build(settings, expectations)
        assert {one.kind for one in again} == {"purged"}
        assert tally_now.files_seen == tally.files_seen == 4
        assert len({one.submission_id for one in again}) == 4
    rooms = [path for path in settings.data.rglob("*") if path.relative_to(settings.data).parts[0] != "raw"]
    named = [path.name for path in rooms if "zyx" in path.name.casefold()]
    named += [path.name for path in rooms if path.is_file() and b"zyx" in path.read_bytes().lower()]
    assert {name.rpartition(".")[2] for name in named} <= {"json", "md"}
    assert all("purge-" in name for name in named), "only the private certificate says where it still lies"


def test_a_file_that_others_are_equal_to_by_chance_is_not_purged(tmp_path: Path) -> None:
    settings, expectations = partners(tmp_path)
    drop(settings, "clinic", "NIL_2026-01.txt", "")
    (submission,) = build(settings, expectations)[0]
    with pytest.raises(RemovalError, match="empty"):
        request_purge(settings, expectations, submission.submission_id, "wrong", DAY)
    assert not settings.tombstones.exists()


def test_the_certificate_names_the_releases_whose_receipts_name_the_file(tmp_path: Path) -> None:
    settings, expectations = partners(tmp_path)
    drop(settings, "clinic", "persons_2026-01.csv", PERSONS)
    (submission,) = build(settings, expectations)[0]
    for release, hashes in {"2026-01-31": "aaaaaaaaaaaa", "2026-02-28": f"b;{submission.submission_id[:12]}"}.items():
        (settings.releases / release).mkdir(parents=True)
        parquet.write_table(pa.table({"submission_hashes": [hashes]}), settings.releases / release / "receipts.parquet")
    assert purge(settings, expectations, submission).releases == ["2026-02-28"]


def test_a_file_that_nobody_could_read_is_named_when_a_person_is_forgotten(tmp_path: Path) -> None:
    settings, expectations = partners(tmp_path)
    drop(settings, "clinic", "persons_2026-01.csv", PERSONS)
    drop(settings, "clinic", "list of everybody.csv", PERSONS.replace("2,Ann", "3,Ann"))
    submissions = by_name(build(settings, expectations)[0])
    request_forget(settings, expectations, "clinic:1", "asked", DAY)
    (certificate,) = complete_removals(settings, expectations, DAY)
    assert certificate.not_read == [submissions["list of everybody.csv"].submission_id]
    assert complete_removals(settings, expectations, DAY) == [], "nothing is left to do"


def test_what_the_steward_wrote_and_nobody_read_yet_is_kept(tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook
    from xlsxwriter import Workbook

    settings = make_settings(tmp_path)
    Linked(settings, expectations_for_tests(), [
        person("clinic", "1", "Léo Gagnon", phone="4185550101", postal_code="G1A 1A1"),
        person("school", "2", "Léa Gagnon", phone="4185550101", postal_code="G1A 1A1"),
    ])  # fmt: skip
    cells = CalamineWorkbook.from_path(settings.review_workbook).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert len(cells) == 5, "there is a pair to decide"
    cells[4][0] = "different / différent"
    with Workbook(settings.review_workbook) as workbook:
        sheet = workbook.add_worksheet("Pairs")
        for n, row in enumerate(cells):
            sheet.write_row(n, 0, row)
    take_review_answers(settings, DAY)
    decided = [row for path in settings.steward_decisions.iterdir() for row in parquet.read_table(path).to_pylist()]
    assert [row["decision"] for row in decided] == ["different"]
    assert set(decided[0]) == {column.split()[0] for column in COLUMNS.split(", ")}
