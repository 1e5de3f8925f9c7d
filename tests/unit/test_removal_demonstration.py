"""A person goes from files as partners send them: a number made of names, a standard export with joined tables."""

from __future__ import annotations

import io
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dagster_project.contracts import load_expectations
from dagster_project.intake.archive import all_sightings, archived_path, receive_files
from dagster_project.intake.submissions import read_submissions
from dagster_project.removal.completing import complete_removals
from dagster_project.removal.requests import request_forget
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.submissions import extract_paths
from tests.conftest import make_settings

DAY = date(2026, 7, 20)


@pytest.mark.parametrize("agency_id", ["family_centre", "housing_agency", "school_board", "child_protection"])
def test_nothing_of_a_person_is_left_in_any_file_of_a_partner(agency_id: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    expectations = load_expectations(settings.expectations)
    expectations = replace(expectations, agreements={agency_id: expectations.agreements[agency_id]})
    paths = sorted((PROJECT_ROOT / "data" / "raw" / agency_id).glob("*2025[-_]0[1-3]*"))
    assert paths
    (settings.raw / agency_id).mkdir()
    for path in paths:
        shutil.copyfile(path, settings.raw / agency_id / path.name)
    receive_files(settings)
    before = rows_of(settings, agency_id)
    persons = sorted({number for number, *_ in before if number})
    gone = persons[len(persons) // 2]
    assert gone

    request_forget(settings, expectations, f"{agency_id}:{gone}", "asked", DAY)
    complete_removals(settings, expectations, DAY)
    shutil.rmtree(settings.raw)
    after = rows_of(settings, agency_id)
    assert after == [row for row in before if row[0] != gone]
    assert 0 < len(before) - len(after) < len(before) / 4
    if agency_id != "family_centre":
        # There the number is made of names, and stands in no file.
        content = b"".join(members_of(archived_path(settings, s.sha256)) for s in all_sightings(settings))
        assert persons[0].encode() in content
        assert gone.encode() not in content


def rows_of(settings: Settings, agency_id: str) -> list[tuple[object, ...]]:
    """Every row that names a person, as it was read: number, dataset, submission, place and all that it says."""
    expectations = load_expectations(settings.expectations)
    expectations = replace(expectations, agreements={agency_id: expectations.agreements[agency_id]})
    submissions = read_submissions(settings, expectations, all_sightings(settings))
    found: list[tuple[object, ...]] = []
    for dataset, paths in extract_paths(submissions).items():
        for path in sorted(set(paths)):
            rows = duckdb.sql(f"from '{settings.extracts / path}'")
            number = "person_id_agency" if "person_id_agency" in rows.columns else "null"
            found += rows.project(f"{number}, '{dataset}', _submission_id, _extract_number, *").fetchall()
    return sorted(found, key=repr)


def members_of(path: Path) -> bytes:
    """The letters of a file, of a zip or a workbook those of its members."""
    content = path.read_bytes()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
