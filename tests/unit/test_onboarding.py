"""Onboarding by example: what a partner's own files say of themselves, and that no value of a row leaves them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dagster_project.cli import app
from dagster_project.contracts import Expectations, load_expectations
from dagster_project.onboarding.codes import may_be_taken, our_codes, propose_codes
from dagster_project.onboarding.dates import date_format, decimal_mark
from dagster_project.onboarding.headers import propose_headers
from dagster_project.onboarding.names import file_pattern
from dagster_project.onboarding.profiles import profile_of
from dagster_project.onboarding.tables import tables_of
from dagster_project.settings import Settings
from tests.integration.small_initiative import drop, small_settings
from tests.made_files import workbook

CANARY = "Zyxcanary"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_settings(tmp_path_factory.mktemp("small"), ("clinic", "en")).expectations


@pytest.fixture(scope="module")
def expectations(folder: Path) -> Expectations:
    return load_expectations(folder)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = small_settings(tmp_path / "small", ("clinic", "en"))
    monkeypatch.setenv("DORSALE_DATA", str(made.data))
    monkeypatch.setenv("DORSALE_EXPECTATIONS", str(made.expectations))
    monkeypatch.setenv("DORSALE_SITE", str(made.site))
    monkeypatch.setenv("COLUMNS", "300")
    return made


def written(path: Path, **sheets: list[list[Any]]) -> Path:
    path.write_bytes(workbook(**sheets))
    return path


def onboard(*arguments: str | Path, typed: str | None = None) -> Result:
    result = CliRunner().invoke(app, ["onboard", *map(str, arguments)], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


TITLES: list[list[Any]] = [["Hospital of the Lakes"], ["Extract of March 2026"], []]
HEADERS = ["Chart no", "Family name", "Forename", "DOB", "Sex", "Postal code", "", "Notes"]
PATIENTS = [
    [
        f"H{n}",
        CANARY,
        f"{CANARY} Ann",
        f"{n % 28 + 1:02}/03/19{50 + n % 40}",
        "FM"[n % 2],
        "G1A 1A1",
        "",
        f"{CANARY} {n}",
    ]
    for n in range(30)
]


def test_titles_totals_and_blank_columns_are_found(tmp_path: Path) -> None:
    path = written(tmp_path / "a_2026-03.xlsx", Patients=[*TITLES, HEADERS, *PATIENTS, ["Total", 30]])
    (table,) = tables_of(path)
    assert (table.sheet, table.header_row, table.totals_label) == ("Patients", 4, "Total")
    assert table.headers[:2] == ("Chart no", "Family name")
    assert table.headers[6] == ""
    assert len(table.rows) == 30


def test_of_several_header_rows_the_last_is_read_and_all_are_understood(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Client", "", "Service", ""], ["No", "Birth", "Start", "End"]]
    rows += [[f"C{n}", f"19{50 + n}-03-04", "2026-03-01", "2026-03-09"] for n in range(20)]
    (table,) = tables_of(written(tmp_path / "a.xlsx", One=rows))
    assert table.header_row == 2
    assert table.headers == ("No", "Birth", "Start", "End")
    assert table.names == ("Client No", "Client Birth", "Service Start", "Service End")


def test_a_second_table_of_a_sheet_is_told_of(tmp_path: Path) -> None:
    first = [["Programme", "FTE", "Staff"], *([f"P{n}", 2.5, 3] for n in range(5))]
    second = [[], ["Vacancy", "Since"], ["V1", "2026-03-01"], ["V2", "2026-03-05"]]
    (table,) = tables_of(written(tmp_path / "a.xlsx", Both=[*first, *second]))
    assert table.others == (8,)
    assert len(table.rows) == 5


@pytest.mark.parametrize(
    ("days", "expected", "is_sure"),
    [
        (["2026-03-01", "2026-03-31"], "%Y-%m-%d", True),
        (["2026/03/01"], "%Y/%m/%d", True),
        (["01/02/2026", "31/03/2026"], "%d/%m/%Y", True),
        (["01-02-26", "03-31-26"], "%m-%d-%y", True),
        (["01/02/2026", "03/04/2026"], "%d/%m/%Y", False),
        (["31/03/2026", "03/31/2026"], "%d/%m/%Y", False),
        ([], "%Y-%m-%d", True),
    ],
)
def test_the_order_of_a_date_is_sure_only_where_a_day_is_above_12(
    days: list[str], expected: str, is_sure: bool
) -> None:
    found = date_format(days)
    assert found.value == expected
    assert (found.confidence >= 80) == is_sure


def test_the_decimal_mark_is_that_of_most_numbers() -> None:
    assert decimal_mark(["1,5", "2,25", "3"]).value == ","
    assert decimal_mark(["1.5", "12"]).value == "."
    assert decimal_mark(["12"]).value == "."


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("visits_2026-03.csv", "visits_{yyyy}-{mm}*.csv"),
        ("vs_202603.TSV", "vs_{yyyy}{mm}*.tsv"),
        ("Extract 2026_03 final.xlsx", "Extract {yyyy}_{mm}*.xlsx"),
        ("extract_2026-03-31.csv", "extract_{yyyy}-{mm}*.csv"),
        ("clients 03-2026.csv", "clients {mm}-{yyyy}*.csv"),
        ("clients.csv", "clients_{yyyy}-{mm}*.csv"),
    ],
)
def test_a_names_year_and_month_become_its_pattern(name: str, pattern: str) -> None:
    proposal, first_day = file_pattern(name)
    assert proposal.value == pattern
    assert (first_day is None) == (name == "clients.csv") == (proposal.confidence < 80)


def test_a_changed_header_is_proposed_where_it_is_likely(expectations: Expectations) -> None:
    extract = expectations.agreements["clinic"].files[0].extracts[0]
    contract = expectations.contracts["persons"]
    headers = ["id", "First name", "surname", "DOB", "sex", "postal", "phone", "Courriel", "address", "Remarks"]
    assert propose_headers(headers, extract, contract) == {
        "first_name": "First name",
        "last_name": "surname",
        "birth_date": "DOB",
        "email": "Courriel",
    }
    same = ["id", "first", "last", "born", "sex", "postal", "phone", "email", "address", "First name"]
    assert propose_headers(same, extract, contract) == {}, "nothing is gone"
    assert propose_headers(["x", "y", "z"], extract, contract) == {}
    renamed = replace(extract, columns={"person_id_agency": "Numéro bénéficiaire"})
    assert propose_headers(["Numéro du bénéficiaire", "Nom"], renamed, contract) == {
        "person_id_agency": "Numéro du bénéficiaire"
    }


def test_codes_are_taken_from_coded_columns_with_few_values_only(expectations: Expectations) -> None:
    contract = expectations.contracts["persons"]
    many = profile_of([f"{CANARY} {n}" for n in range(100)], 100)
    few = profile_of(["F", "M"] * 50, 100)
    assert may_be_taken(contract.column("sex"), few)
    assert not may_be_taken(contract.column("sex"), many)
    assert not may_be_taken(contract.column("first_name"), few), "not coded"
    assert not may_be_taken(contract.column("postal_code"), few), "personal"


def test_a_value_that_is_no_code_is_named_only_when_it_comes_back(expectations: Expectations) -> None:
    ours = our_codes(expectations.contracts["persons"].column("sex"), expectations, "hospital")
    proposal = propose_codes(["F"] * 9 + ["Masculin"] * 9 + ["Q"] * 3 + [CANARY], ours, True)
    assert proposal.codes == {"F": "female", "Masculin": "male"}
    assert proposal.unclear == ("Q",)
    assert propose_codes(["Q"] * 9, ours, False).unclear == ()


def test_a_new_agency_gets_an_agreement_to_confirm(settings: Settings, tmp_path: Path) -> None:
    visits = [["Visit no", "Chart no", "Clinic", "Visit date", "Mode", "Attendance", "Minutes"]]
    visits += [[f"V{n}", f"H{n}", "Pain", f"2026-03-{n % 28 + 1:02}", "Phone", "Attended", 30] for n in range(30)]
    path = written(tmp_path / "Lakes 2026-03.xlsx", Patients=[HEADERS, *PATIENTS], Visits=visits)
    result = onboard("hospital", path, "--yes", "--sector", "health", "--name-en", "Lakes", "--language", "en")
    assert result.exit_code == 0, result.output
    agreement = load_expectations(settings.expectations).agreements["hospital"]
    (kind,) = agreement.agreed_files
    assert kind.pattern == "Lakes {yyyy}-{mm}*.xlsx"
    assert (kind.header_row, kind.date_format) == (1, "%d/%m/%Y")
    persons, contacts = kind.extracts
    assert persons.columns == {
        "person_id_agency": "Chart no",
        "last_name": "Family name",
        "first_name": "Forename",
        "birth_date": "DOB",
        "sex": "Sex",
        "postal_code": "Postal code",
    }
    assert persons.codes == {"sex": {"F": "female", "M": "male"}}
    assert contacts.columns["contact_date"] == "Visit date"
    assert contacts.codes["contact_status"] == {"Attended": "delivered"}
    text = (settings.expectations / "partners" / "hospital.yml").read_text(encoding="utf-8")
    assert "TO CONFIRM" in text
    assert CANARY not in text
    assert CANARY not in result.output
    assert agreement.name == {"en": "Lakes", "fr": "Lakes"}


def test_what_is_unsure_is_asked(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "people_2026-03.csv"
    rows = [f"H{n};{CANARY};{CANARY};0{n % 9 + 1}/0{n % 7 + 1}/1980" for n in range(20)]
    path.write_text("\n".join(["Dossier;Nom;Prénom;Naissance", *rows]) + "\n", encoding="utf-8")
    result = onboard("hospital", path, typed="\n".join(["n", "Lakes", "Lacs", "health", "fr"]) + "\n")
    assert result.exit_code == 0, result.output
    assert "Does the day stand first?" in result.output
    (kind,) = load_expectations(settings.expectations).agreements["hospital"].agreed_files
    assert (kind.date_format, kind.delimiter) == ("%m/%d/%Y", ";")
    assert CANARY not in result.output
    assert onboard("hospice", path, "--yes").exit_code == 0
    text = (settings.expectations / "partners" / "hospice.yml").read_text(encoding="utf-8")
    assert "date_format: '%d/%m/%Y'  # TO CONFIRM (50 %)" in text


def test_a_known_agencys_changed_headers_are_proposed_beside_its_agreement(settings: Settings) -> None:
    header = "id,First name,surname,born,sex,postal,phone,email,address"
    drop(settings, "clinic", "persons_2026-03.csv", f"{header}\nA1,{CANARY},Roy,1980-02-03,F,,,,\n")
    path = settings.expectations / "partners" / "clinic.yml"
    before = path.read_text(encoding="utf-8")
    result = onboard("clinic", settings.raw / "clinic" / "persons_2026-03.csv", "--yes")
    assert result.exit_code == 0, result.output
    assert "persons.first_name: 'first' is now 'First name'." in result.output
    assert path.read_text(encoding="utf-8") == before, "an agreement is never written over unasked"
    proposed = path.with_name("clinic.yml.proposed").read_text(encoding="utf-8")
    expected = before.replace("first_name: first", "first_name: First name")
    assert proposed == expected.replace("last_name: last", "last_name: surname")
    assert onboard("clinic", settings.raw / "clinic" / "persons_2026-03.csv", typed="y\n").exit_code == 0
    assert path.read_text(encoding="utf-8") == proposed
    assert "reads these files as it is" in onboard("clinic", settings.raw / "clinic" / "persons_2026-03.csv").output


def test_a_known_agencys_new_file_is_added_to_its_agreement(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "referrals_2026-03.csv"
    header = "Referral no,Client no,Program,Direction,Agency,Referral date,Result"
    rows = [f"R{n},A{n},P1,Out,Other,2026-03-0{n % 9 + 1},Pending" for n in range(12)]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    result = onboard("clinic", path, typed="y\n")
    assert result.exit_code == 0, result.output
    agreement = load_expectations(settings.expectations).agreements["clinic"]
    assert agreement.datasets == ("contacts", "enrolments", "persons", "referrals")
    assert agreement.agreed_files[3].pattern == "referrals_{yyyy}-{mm}*.csv"
    assert agreement.agreed_files[3].extracts[0].columns["made_date"] == "Referral date"


@pytest.mark.parametrize(
    ("agency", "content", "message"),
    [
        ("hospital", b"", "No sheet of these files can be read"),
        ("hospital", b"x,y\nq,w\ne,r\n", "No sheet of these files can be read"),
        ("Hospital!", b"x\n", "small letters"),
    ],
)
def test_what_cannot_be_understood_writes_nothing(
    settings: Settings, tmp_path: Path, agency: str, content: bytes, message: str
) -> None:
    (tmp_path / "a_2026-03.csv").write_bytes(content)
    result = onboard(agency, tmp_path / "a_2026-03.csv", "--yes")
    assert result.exit_code == 1
    assert message in result.output
    assert [path.name for path in (settings.expectations / "partners").iterdir()] == ["clinic.yml"]


def test_a_file_of_an_onboarded_agency_is_judged_clean(settings: Settings, tmp_path: Path) -> None:
    path = written(tmp_path / "Lakes 2026-03.xlsx", Patients=[*TITLES, HEADERS, *PATIENTS, ["Total", 30]])
    assert onboard("hospital", path, "--yes").exit_code == 0
    judged = CliRunner().invoke(app, ["check", str(path), "--agency", "hospital"])
    assert "30 rows in = 30 accepted + 0 quarantined" in judged.output
    assert CANARY not in judged.output
