"""The answer to an agency opens without danger, and is written again only when it says something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dagster_project.contracts import Expectations, load_expectations
from dagster_project.feedback.returns import write_feedback
from dagster_project.feedback.words import ANSWERS, WORDS
from dagster_project.feedback.workbook import PLACE
from dagster_project.intake.archive import receive_files
from dagster_project.intake.submissions import read_submissions
from dagster_project.settings import Settings
from dagster_project.validation.acceptance import accept_rows
from tests.conftest import make_settings
from tests.integration.small_initiative import drop, small_settings


@pytest.fixture(scope="module")
def expectations(tmp_path_factory: pytest.TempPathFactory) -> Expectations:
    settings = small_settings(tmp_path_factory.mktemp("small"), ("clinic", "en"), ("centre", "fr"))
    return load_expectations(settings.expectations)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def answer(settings: Settings, expectations: Expectations) -> int:
    """How many workbooks are written for the files that are there; none of these can be read."""
    submissions = read_submissions(settings, expectations, receive_files(settings))
    accept_rows(settings, expectations, submissions, date(2026, 3, 31))
    return write_feedback(settings, expectations, submissions, date(2026, 3, 31))


def test_a_files_name_is_text_and_never_a_formula_or_link(settings: Settings, expectations: Expectations) -> None:
    names = ["=1+1.csv", "@SUM(1).csv", "https:example.org.csv"]
    for name in names:
        drop(settings, "clinic", name, f"a\n{name}\n")
    assert answer(settings, expectations) == 3
    shown = []
    for path in settings.feedback.rglob("*.xlsx"):
        workbook = CalamineWorkbook.from_path(str(path))
        shown += [cell for row in workbook.get_sheet_by_name("Summary").to_python() for cell in row]
    assert set(names) <= set(shown)


def test_an_answer_is_written_again_only_when_it_changes(settings: Settings, expectations: Expectations) -> None:
    drop(settings, "clinic", "persons_2001-01.csv", "")
    drop(settings, "centre", "notes.csv", "a\n1\n")
    assert answer(settings, expectations) == 2
    assert answer(settings, expectations) == 0
    next(settings.feedback.rglob("notes*.xlsx")).unlink()
    assert answer(settings, expectations) == 1, "one that was taken away is written again"
    words = expectations.finding_words["empty_file"]
    other = replace(words, remedy={"en": "Call us.", "fr": "Appelez-nous."})
    changed = replace(expectations, finding_words={**expectations.finding_words, "empty_file": other})
    assert answer(settings, changed) == 1
    clinic = replace(expectations.agreements["clinic"], name={"en": "Another name", "fr": "Un autre nom"})
    renamed = replace(changed, agreements={**expectations.agreements, "clinic": clinic})
    assert answer(settings, renamed) == 1, "what the answer says around its findings"
    workbook = CalamineWorkbook.from_path(str(next(settings.feedback.rglob("persons*.xlsx"))))
    assert workbook.get_sheet_by_name("Findings").to_python()[1][PLACE["remedy"]] == "Call us."


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["en"].keys() == WORDS["fr"].keys()


def test_an_answer_is_known_by_its_words_in_either_language() -> None:
    words = [WORDS[language][answer] for language in WORDS for answer in ANSWERS]
    assert len(set(words)) == len(words)
    # They stand in the list of a cell, which parts them by commas.
    assert not any("," in word for word in words)
