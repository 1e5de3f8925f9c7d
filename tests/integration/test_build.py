"""A whole build of the demonstration partners: what it counts, what it leaves, and that a second one does nothing."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from dagster_project.feedback.workbook import PLACE
from tests.conftest import Build, run_dorsale


def test_every_file_seen_has_one_state(built: Build) -> None:
    ignored = ("received.csv",)
    dropped = [p for p in built.settings.raw.rglob("*") if p.is_file() and p.name not in ignored]
    files = duckdb.sql(f"select state, count(*) from '{built.settings.reference}/submission_files.parquet' group by 1")
    by_state = dict(files.fetchall())
    assert sum(by_state.values()) == len(dropped)
    assert set(by_state) == {"accepted", "duplicate", "nil", "rejected", "superseded"}


def test_rows_in_are_accepted_or_quarantined_for_each_file(built: Build) -> None:
    unbalanced = duckdb.sql(f"""select submission_id from '{built.settings.reference}/submission_files.parquet'
        where rows_in <> rows_accepted + rows_quarantined""").fetchall()
    assert unbalanced == []


def test_rows_accepted_are_the_rows_in_the_accepted_tables(built: Build) -> None:
    stated = duckdb.sql(f"""select dataset, sum(rows_accepted) from
        '{built.settings.reference}/submission_extracts.parquet' where state = 'accepted' group by 1""").fetchall()
    for dataset, rows in stated:
        found = duckdb.sql(f"select count(*) from '{built.settings.accepted}/{dataset}.parquet'").fetchall()[0][0]
        assert found == rows, dataset


def test_the_end_of_a_build_says_what_it_did(built: Build) -> None:
    for words in ("files seen", "accepted +", "families served", "indicators published", "hidden", "preview"):
        assert words in built.output


def test_a_second_build_with_nothing_new_says_so_and_changes_nothing(built: Build) -> None:
    def made() -> dict[Path, int]:
        """But for the notes that a build ran: the lock, the log, and when it was."""
        notes = (built.settings.lock, built.settings.state / "last_build.json")
        files = [path for path in built.settings.data.rglob("*") if path.is_file() and path not in notes]
        return {path: path.stat().st_mtime_ns for path in files if path.parent != built.settings.log}

    before = made()
    output = run_dorsale(built.settings, "build", "--no-site")
    assert "Nothing new" in output
    assert made() == before


def test_every_submission_gets_feedback_in_its_agencys_language(built: Build) -> None:
    from python_calamine import CalamineWorkbook

    answers = list(built.settings.feedback.rglob("*.xlsx"))
    files = duckdb.sql(f"select count(*) from '{built.settings.reference}/submission_files.parquet'").fetchall()[0][0]
    assert len(answers) == files
    french = next((built.settings.feedback / "school_board").glob("suivis_2025-03_*.xlsx"))
    workbook = CalamineWorkbook.from_path(str(french))
    assert workbook.sheet_names[:3] == ["Sommaire", "Constats", "Données"]
    finding = workbook.get_sheet_by_name("Constats").to_python()[1]
    assert finding[PLACE["places"]] == "21"
    assert "existe" in finding[PLACE["what"]]
    english = next((built.settings.feedback / "child_protection").glob("CP_extract_2025_05_*.xlsx"))
    assert CalamineWorkbook.from_path(str(english)).sheet_names[:2] == ["Summary", "Findings"]


def test_the_data_package_describes_every_table(built: Build) -> None:
    folder = built.settings.published
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    described = {resource["path"] for resource in package["resources"]}
    assert described == {path.name for path in folder.glob("*.csv")}
    for resource in package["resources"]:
        header = (folder / resource["path"]).open(encoding="utf-8").readline().strip().replace('"', "").split(",")
        assert [field["name"] for field in resource["schema"]["fields"]] == header


def test_every_published_number_has_a_receipt_with_its_submissions(built: Build) -> None:
    folder = built.settings.published
    orphans = duckdb.sql(f"""
        select count(*) from '{folder}/indicator_values.parquet' as v
        left join '{folder}/receipts.parquet' as r using (receipt_id)
        where r.receipt_id is null or (v.submissions_received > 0 and r.submission_hashes = '')
    """).fetchall()[0][0]
    assert orphans == 0


def test_no_small_count_of_people_is_published(built: Build) -> None:
    folder = built.settings.published
    leaks = duckdb.sql(f"""
        select v.* from '{folder}/indicator_values.parquet' as v join '{folder}/indicators.parquet' as i
          using (indicator_id)
        where i.disclosure_class = 'people' and (
          (i.people_in like '%numerator%' and v.numerator between 1 and 10)
          or (i.people_in like '%denominator%' and v.denominator between 1 and 10)
          or (i.measure_kind = 'share' and v.denominator - v.numerator between 1 and 10)
          or (v.suppression <> 'shown' and coalesce(v.numerator, v.denominator, v.value) is not null))
    """).fetchall()
    assert leaks == []
    hidden = duckdb.sql(f"select count(*) from '{folder}/indicator_values.parquet' where suppression = 'hidden'")
    assert hidden.fetchall()[0][0] > 100
    few = duckdb.sql(f"""select count(*) from '{folder}/submissions.parquet'
        where rows_in between 1 and 10 or rows_accepted between 1 and 10 or rows_quarantined between 1 and 10""")
    assert few.fetchall()[0][0] == 0
