"""The privacy officer's inventory: every dataset and column with all that is to be told of it, and no row."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.contracts import load_expectations
from dagster_project.privacy_inventory import PROOF, inventory_page, read_inventory
from dagster_project.privacy_words import PERSON_LEVEL, ROOMS, WORDS
from dagster_project.settings import PRIVATE_ROOMS, PROJECT_ROOT, Settings
from tests.conftest import make_settings
from tests.integration.small_initiative import small_settings

LANGUAGES = ("en", "fr")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = small_settings(tmp_path, ("clinic", "en"), ("centre", "fr"))
    monkeypatch.setenv("DORSALE_DATA", str(made.data))
    monkeypatch.setenv("DORSALE_EXPECTATIONS", str(made.expectations))
    return made


def page(settings: Settings, language: str) -> str:
    inventory = read_inventory(settings, load_expectations(settings.expectations), date(2026, 3, 31))
    return inventory_page(inventory, language)


def part(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    level = heading.split(" ")[0]
    found = re.search(rf"^{re.escape(heading)}.*?$(.*?)(?=^#{{1,{len(level)}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


def cells(text: str, column: str) -> list[str]:
    row = next(line for line in text.splitlines() if line.startswith(f"| `{column}` |"))
    return [cell.strip() for cell in row.strip("|").split("|")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_the_project_is_told_of_whole(tmp_path: Path, language: str) -> None:
    settings = make_settings(tmp_path, PROJECT_ROOT / "expectations")
    text = page(settings, language)
    contracts = load_expectations(settings.expectations).contracts
    for contract in contracts.values():
        of_dataset = part(text, f"### {contract.label[language]} (`{contract.dataset}`)")
        for name in ("purpose", "retention", "recipients"):
            assert contract.handling[name][language] in of_dataset
        for column in contract.columns:
            row = cells(of_dataset, column.name)
            assert len(row) == 10
            assert all(row), "no cell is empty"


def test_a_personal_column_is_told_to_stay_in_private_rooms(settings: Settings) -> None:
    persons = part(page(settings, "en"), "### Persons (`persons`)")
    first_name, sex = cells(persons, "first_name"), cells(persons, "sex")
    assert first_name[2] == "personal: it identifies"
    assert first_name[4] == "Link the records of one person across agencies; nothing else is made of it."
    assert first_name[5] == "as the dataset"
    assert first_name[7:] == [", ".join(PRIVATE_ROOMS), "no", "no"]
    assert sex[2] == "about a person or a family, does not identify by itself"
    assert sex[8:] == ["yes", "in sums only"]
    assert cells(persons, "national_number")[3] == "Nobody at present"
    assert cells(persons, "person_id_agency")[3] == "`centre`, `clinic`"


@pytest.mark.parametrize(
    ("dataset", "column", "is_about_person"),
    [
        ("persons", "zone_code", True),
        ("family_voice", "zone_code", True),
        ("situations", "zone_code", True),
        ("contacts", "contact_kind", True),
        ("contacts", "duration_minutes", True),
        ("benefits", "benefit_code", True),
        ("follow_ups", "milestone_code", True),
        ("community_conditions", "zone_code", False),
        ("partners", "sector_code", False),
        ("staffing", "program_code", False),
    ],
)
def test_every_column_of_a_row_on_a_person_is_about_that_person(
    tmp_path: Path, dataset: str, column: str, is_about_person: bool
) -> None:
    settings = make_settings(tmp_path, PROJECT_ROOT / "expectations")
    label = load_expectations(settings.expectations).contracts[dataset].label["en"]
    kind = cells(part(page(settings, "en"), f"### {label} (`{dataset}`)"), column)[2]
    assert kind == ("about a person, does not identify by itself" if is_about_person else "not about a person")


def test_one_indicator_is_told_in_the_singular(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, PROJECT_ROOT / "expectations")
    english, french = page(settings, "en"), page(settings, "fr")
    assert "sums of 1 indicator: " in english
    assert "of 1 indicators" not in english
    assert "totaux de 1 indicateur : " in french


@pytest.mark.parametrize(("language", "not_public"), [("en", "Not public."), ("fr", "Non public.")])
def test_what_is_of_persons_outside_private_rooms_is_told(settings: Settings, language: str, not_public: str) -> None:
    text = page(settings, language)
    for name in ("accepted", "identity", "journal", "warehouse.duckdb"):
        assert cells(text, name)[1].endswith(not_public)
    assert set(PERSON_LEVEL) == {"accepted", "identity", "journal", "warehouse.duckdb"}


@pytest.mark.parametrize(
    ("language", "kept"), [("en", ("24 months", "no limit is set")), ("fr", ("24 mois", "aucune limite fixée"))]
)
def test_how_long_a_room_keeps_things_is_told_as_the_initiative_says(
    settings: Settings, language: str, kept: tuple[str, str]
) -> None:
    path = settings.expectations / "initiative.yml"
    text = path.read_text(encoding="utf-8").replace("reporting_years:\n", "retention: {raw: 24}\nreporting_years:\n", 1)
    path.write_text(text, encoding="utf-8")
    told = page(settings, language)
    assert (cells(told, "raw")[2], cells(told, "feedback")[2]) == kept
    assert cells(told, "journal")[2] == kept[1]
    assert cells(told, "vault")[2] == cells(told, "warehouse.duckdb")[2] == WORDS[language]["kept_as_archive"]


def test_what_is_published_as_written_is_told(settings: Settings) -> None:
    partners = part(page(settings, "en"), "### Partners (`partners`)")
    assert cells(partners, "partner_name")[9] == "As written, of partners that agreed to be named."
    assert cells(partners, "publication_approver")[9] == "in sums only"


def test_an_agreement_is_told_with_its_basis_its_rule_and_its_days(settings: Settings) -> None:
    path = settings.expectations / "partners" / "clinic.yml"
    text = path.read_text(encoding="utf-8")
    added = "consent_rule: presumed\nvalid_to: 2027-12-31\nidentifiers: {health_number: {en: The | Act, fr: La loi}}\n"
    path.write_text(text + added, encoding="utf-8")
    agreement = load_expectations(settings.expectations).agreements["clinic"]
    told = part(page(settings, "en"), f"### {agreement.name['en']} (`clinic`)")
    assert agreement.legal_basis["en"] in told
    assert "**Consent to linking**: All are linked but those who said no or withdrew." in told
    assert f"**Valid**: {agreement.valid_from} to 2027-12-31" in told
    assert "The | Act" in told
    assert "**Identifiants** : Aucun" in page(settings, "fr")


def test_the_proof_is_a_table_of_whatever_it_says(settings: Settings) -> None:
    assert "There is no proof" in part(page(settings, "en"), "## The proof of the release")
    settings.published.mkdir()
    proof = {
        "cells": 120,
        "seconds": 1.5,
        "as": [{"who": "public", "narrowest": 7}],
        "open": [],
        "release": None,
        "by": "a|b",
    }
    (settings.published / PROOF).write_text(json.dumps(proof), encoding="utf-8")
    told = part(page(settings, "fr"), "## La preuve de la publication")
    rows = [line for line in told.splitlines() if line.startswith("| `")]
    assert rows == [
        "| `cells` | 120 |",
        "| `seconds` | 1.5 |",
        "| `as.1.who` | public |",
        "| `as.1.narrowest` | 7 |",
        "| `open` | [] |",
        "| `release` | null |",
        "| `by` | a\\|b |",
    ]


def test_the_command_writes_both_languages(settings: Settings) -> None:
    result = CliRunner().invoke(app, ["privacy"])
    assert result.exit_code == 0, result.output
    assert "There is no proof of the release yet." in result.output
    for language in LANGUAGES:
        written = (settings.privacy / f"privacy-inventory.{language}.md").read_text(encoding="utf-8")
        assert written == page(settings, language)


def test_a_damaged_proof_is_told(settings: Settings) -> None:
    settings.published.mkdir()
    (settings.published / PROOF).write_text("{", encoding="utf-8")
    result = CliRunner().invoke(app, ["privacy"])
    assert (result.exit_code, "is no JSON" in result.output) == (1, True)


def test_every_word_is_there_in_both_languages() -> None:
    assert set(WORDS["en"]) == set(WORDS["fr"])
    assert set(ROOMS) == set(PRIVATE_ROOMS)
