"""Templates: the workbook a partner fills in, and that intake reads it back without any change of the agreement."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.contracts import Expectations, ExpectationsError, load_expectations
from dagster_project.contracts.template_kind import sheet_name, template_columns, template_kind
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.template_words import template_name
from dagster_project.templates import blank_template, template_period
from tests.conftest import make_settings
from tests.integration.small_initiative import small_settings
from tests.unit.filled_template import fill, sheet_members

JANUARY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = small_settings(tmp_path_factory.mktemp("small"), ("clinic", "en"), ("centre", "fr")).expectations
    by_template = (made / "partners" / "clinic.yml").read_text(encoding="utf-8").partition("files:")[0]
    by_template = by_template.replace("clinic", "shelter").replace("frequency: month", "frequency: quarter")
    by_template += "template: [persons, referrals, action_plans, staffing, situations, outcomes]\n"
    (made / "partners" / "shelter.yml").write_text(by_template, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def expectations(folder: Path) -> Expectations:
    return load_expectations(folder)


@pytest.fixture
def settings(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = make_settings(tmp_path, folder)
    monkeypatch.setenv("DORSALE_DATA", str(made.data))
    monkeypatch.setenv("DORSALE_EXPECTATIONS", str(made.expectations))
    monkeypatch.setenv("DORSALE_SITE", str(made.site))
    monkeypatch.setenv("COLUMNS", "300")
    return made


def written(expectations: Expectations, agency_id: str) -> bytes:
    agreement = expectations.agreements[agency_id]
    return blank_template(expectations, agreement, agreement.datasets, agreement.period_of(JANUARY))


def cells(content: bytes, sheet: str) -> list[list[Any]]:
    return list(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python())


def xml(content: bytes, member: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(member).decode()


@pytest.mark.parametrize(
    ("agency_id", "sheets", "title", "nothing", "header", "required"),
    [
        (
            "clinic",
            ["Instructions", "Persons", "Enrolments", "Contacts", "Lists"],
            "Enrolments",
            "Nothing to report this month",
            "Enrolment number",
            "Required.",
        ),
        (
            "centre",
            ["Instructions", "Personnes", "Inscriptions", "Contacts", "Listes"],
            "Inscriptions",
            "Rien à déclarer ce mois-ci",
            "Numéro de l'inscription",
            "Obligatoire.",
        ),
    ],
)
def test_each_dataset_has_its_sheet_in_the_agencys_language(
    expectations: Expectations, agency_id: str, sheets: list[str], title: str, nothing: str, header: str, required: str
) -> None:
    content = written(expectations, agency_id)
    assert list(sheet_members(content)) == sheets
    rows = cells(content, sheets[2])
    assert rows[0][0] == title
    assert rows[1][:2] == [nothing, ""]
    assert rows[2][0] == required
    assert rows[3][0] == header
    assert len(rows) == 4, "data begin in row 5"
    assert 'state="hidden"' in xml(content, "xl/workbook.xml").partition(f'name="{sheets[-1]}"')[2].partition("/>")[0]


def test_cells_offer_their_lists_dates_and_bounds(expectations: Expectations) -> None:
    content = written(expectations, "clinic")
    sheet = xml(content, sheet_members(content)["Enrolments"])
    checks = {
        re.search(r'promptTitle="([^"]*)"', found)[1]: found  # type: ignore[index]
        for found in re.findall(r"<dataValidation [^>]*(?:/>|>.*?</dataValidation>)", sheet)
    }
    assert 'type="date"' in checks["Date of entry"]
    assert 'sqref="B2"' in checks["Nothing to report this month"]
    assert '<formula1>"x"</formula1>' in checks["Nothing to report this month"]
    found = re.search(r"<formula1>Lists!\$([A-Z]+)\$1:\$[A-Z]+\$16</formula1>", checks["Destination at exit"])
    assert found, "16 destinations are longer than a cell's own list may be"
    column = ord(found[1]) - 65
    destinations = [row[column] for row in cells(content, "Lists")]
    assert destinations[:2] == ["Home owned by the family", "Rented home"]
    assert "With family, for good" in destinations, "a comma does not part it"
    contacts = xml(content, sheet_members(content)["Contacts"])
    minutes = re.search(r'<dataValidation type="decimal"[^>]*promptTitle="Length in minutes".*?</data', contacts)
    assert minutes
    assert "<formula1>0</formula1><formula2>1440</formula2>" in minutes[0]


def test_what_nobody_may_type_has_no_column(expectations: Expectations) -> None:
    clinic = expectations.agreements["clinic"]
    contract, initiative = expectations.contracts["persons"], expectations.initiative
    names = [c.column.name for c in template_columns(clinic, contract, initiative, expectations.agreements)]
    assert not {"link_tokens", "health_number", "school_number", "national_number"} & set(names)
    agreed = replace(clinic, identifiers=("health_number",))
    names = [c.column.name for c in template_columns(agreed, contract, initiative, expectations.agreements)]
    assert "health_number" in names


def test_two_codes_of_one_name_are_told_apart(expectations: Expectations) -> None:
    clinic = expectations.agreements["clinic"]
    contract = expectations.contracts["referrals"]
    found = template_columns(clinic, contract, expectations.initiative, expectations.agreements)
    codes = next(c.codes for c in found if c.column.name == "other_agency_code")
    assert codes == {
        "Test agency (centre)": "centre",
        "Test agency (shelter)": "shelter",
        "An organisation outside the initiative": "outside",
    }


def test_an_agreement_is_what_it_was_before_the_template(expectations: Expectations) -> None:
    clinic = expectations.agreements["clinic"]
    assert clinic.datasets == ("contacts", "enrolments", "persons")
    assert [file.nil_tick for file in clinic.files] == [None, None, None, "B2"]
    assert [file.pattern for file in clinic.agreed_files] == [file.pattern for file in clinic.files[:3]]
    assert ("enrolments", "destination_code") in clinic.collected_columns
    assert ("enrolments", "intake_kind") not in clinic.collected_columns, "the template has it, the agency does not"
    assert clinic.files[-1].period_start("dorsale_clinic_2026-03_correction.xlsx") == date(2026, 3, 1)


def test_one_template_delivers_as_the_files_do(expectations: Expectations) -> None:
    clinic = expectations.agreements["clinic"]
    contracts, initiative = expectations.contracts, expectations.initiative
    assert clinic.files[-1].delivers == "month"
    files = (replace(clinic.files[0], delivers="everything"), *clinic.files[1:3])
    mixed = replace(clinic, files=files)
    assert template_kind(mixed, contracts, initiative, expectations.agreements).delivers == "changes"


def test_an_agency_without_files_of_its_own_sends_the_template(expectations: Expectations) -> None:
    shelter = expectations.agreements["shelter"]
    assert shelter.datasets == ("action_plans", "outcomes", "persons", "referrals", "situations", "staffing")
    assert shelter.delivers("persons") == "month"
    assert ("persons", "consent_to_link") in shelter.collected_columns
    assert [file.pattern for file in shelter.agreed_files] == ["dorsale_shelter_{yyyy}-{mm}*.xlsx"]


def test_the_period_is_the_last_that_ended(expectations: Expectations) -> None:
    clinic, shelter = expectations.agreements["clinic"], expectations.agreements["shelter"]
    assert template_name(clinic, template_period(clinic, None, date(2026, 3, 31))) == "dorsale_clinic_2026-02.xlsx"
    assert template_name(shelter, template_period(shelter, None, date(2026, 3, 31))) == "dorsale_shelter_2025-10.xlsx"
    assert template_name(shelter, template_period(shelter, date(2026, 2, 1), JANUARY)) == "dorsale_shelter_2026-01.xlsx"


def test_all_sheets_and_headers_can_be_told_apart() -> None:
    """Of every contract in both languages: a spreadsheet refuses sheets of one name, intake reads columns by header."""
    project = load_expectations(PROJECT_ROOT / "expectations")
    for language in ("en", "fr"):
        names = [sheet_name(contract, language).casefold() for contract in project.contracts.values()]
        assert len(set(names)) == len(names)
        assert max(map(len, names)) <= 31
        assert not {"instructions", "lists", "listes"} & set(names)
        for contract in project.contracts.values():
            headers = [column.label[language].casefold() for column in contract.columns]
            assert len(set(headers)) == len(headers), contract.dataset


PERSON = ["007", "Anne", "Roy", 29254, "Full date", "Female", "G1A 1A1"]
PERSON_FR = ["007", "Anne", "Roy", 29254, "Date complète", "Féminin"]
# Day, programme, kind, mode, status, minutes, and the moment of the request: a day and a part of a day.
CONTACT = ["K1", "007", "Programme", 46030, "Home visit", "In person", "Took place", 45.5, 46028.604167]
CONTACT_FR = ["K1", "007", "Programme", 46030, "Visite à domicile", "En personne", "A eu lieu", 45.5, 46028.604167]
ENROLMENT = ["S1", "007", "Programme", 46028]


@pytest.mark.parametrize(
    ("agency_id", "rows"),
    [
        ("clinic", {"Persons": [PERSON], "Enrolments": [ENROLMENT], "Contacts": [CONTACT]}),
        ("centre", {"Personnes": [PERSON_FR], "Inscriptions": [ENROLMENT], "Contacts": [CONTACT_FR]}),
    ],
)
def test_a_filled_template_is_read_as_it_is(
    settings: Settings, tmp_path: Path, agency_id: str, rows: dict[str, list[list[str | float | None]]]
) -> None:
    blank = tmp_path / f"dorsale_{agency_id}_2026-01.xlsx"
    made = CliRunner().invoke(app, ["template", agency_id, "--month", "2026-01", "--out", str(blank)])
    assert made.exit_code == 0, made.output
    blank.write_bytes(fill(blank.read_bytes(), rows))
    judged = CliRunner().invoke(app, ["check", str(blank), "--agency", agency_id, "--json"])
    found = json.loads(judged.stdout)
    assert found["findings"] == []
    assert found["verdict"] == "clean"
    assert found["tally"]["rows_accepted"] == 3


def test_a_slip_in_a_template_is_found(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "dorsale_clinic_2026-01.xlsx"
    CliRunner().invoke(app, ["template", "clinic", "--month", "2026-01", "--out", str(path)])
    wrong = [*CONTACT[:4], "Seance", *CONTACT[5:]]
    path.write_bytes(fill(path.read_bytes(), {"Persons": [PERSON], "Enrolments": [ENROLMENT], "Contacts": [wrong]}))
    judged = CliRunner().invoke(app, ["check", str(path), "--agency", "clinic", "--json"])
    found = [(f["column"], f["row"]) for f in json.loads(judged.stdout)["findings"]]
    assert found == [("Kind of contact", 5)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody"], "There is no agreement of 'nobody'."),
        (["clinic", "--dataset", "contact"], "Did you mean 'contacts'?"),
        (["clinic", "--month", "March"], "The month is written as YYYY-MM"),
    ],
)
def test_what_cannot_be_written_is_said(settings: Settings, arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(app, ["template", *arguments])
    assert result.exit_code == 1
    assert message in result.output
    assert not settings.feedback.exists()


def test_some_datasets_alone(settings: Settings) -> None:
    result = CliRunner().invoke(app, ["template", "clinic", "--dataset", "contacts", "--month", "2026-01"])
    assert result.exit_code == 0, result.output
    path = settings.feedback / "clinic" / "dorsale_clinic_2026-01.xlsx"
    assert list(sheet_members(path.read_bytes())) == ["Instructions", "Contacts", "Lists"]


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("template: [person]", "There is no dataset 'person'. Did you mean 'persons'?"),
        ("", "The agreement names no files. Add files, a profile that has them, or template:"),
    ],
)
def test_an_agreement_without_files_needs_datasets(folder: Path, tmp_path: Path, template: str, problem: str) -> None:
    copy = tmp_path / "expectations"
    shutil.copytree(folder, copy)
    path = copy / "partners" / "shelter.yml"
    path.write_text(path.read_text(encoding="utf-8").partition("template:")[0] + template, encoding="utf-8")
    with pytest.raises(ExpectationsError) as refused:
        load_expectations(copy)
    assert [problem in str(found) for found in refused.value.problems] == [True]
