"""The pages of findings in docs/ are up to date, hold every code, and are whole in both languages."""

from __future__ import annotations

import re

import pytest

from dagster_project.contracts import Expectations, load_expectations
from dagster_project.finding_pages import PAGES, finding_page
from dagster_project.settings import PROJECT_ROOT


@pytest.fixture(scope="module")
def expectations() -> Expectations:
    return load_expectations(PROJECT_ROOT / "expectations")


@pytest.mark.parametrize("language", PAGES)
def test_a_page_is_what_make_docs_would_write(expectations: Expectations, language: str) -> None:
    page = (PROJECT_ROOT / "docs" / PAGES[language]).read_text(encoding="utf-8")
    assert page == finding_page(expectations, language), "make docs writes it anew"


@pytest.mark.parametrize("language", PAGES)
def test_a_page_holds_every_code_once_in_five_whole_cells(expectations: Expectations, language: str) -> None:
    rows = [line for line in finding_page(expectations, language).splitlines() if line.startswith("| `")]
    told = [re.findall("`(.+?)`", row)[0] for row in rows]
    rules = [rule.rule_id for contract in expectations.contracts.values() for rule in contract.rules]
    assert sorted(told) == sorted([*expectations.finding_words, *rules])
    for row in rows:
        cells = re.split(r"(?<!\\)\|", row)[1:-1]
        assert len(cells) == 5
        assert all(cell.strip() for cell in cells)
        assert "{" not in row
