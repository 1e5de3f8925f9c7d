"""What an analyst writes in `expectations/` is refused with file, line, what is wrong and what to write instead."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from dagster_project.contracts import Agreement, ExpectationsError, FileKind, Period, Problem, load_expectations
from dagster_project.settings import PROJECT_ROOT

REAL = PROJECT_ROOT / "expectations"
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: persons
name: persons
version: 1.0.0
status: active
customProperties:
  - {property: purpose, value: {en: To count., fr: Compter.}}
  - {property: retention, value: {en: A year., fr: Un an.}}
  - {property: recipients, value: {en: The analyst., fr: "L'analyste."}}
schema:
  - name: persons
    properties:
      - name: person_id_agency
        logicalType: string
        required: true
        primaryKey: true
        classification: sensitive
        customProperties:
          - {property: label, value: {en: Person number, fr: Numéro}}
      - name: birth_date
        logicalType: date
        classification: personal
        customProperties:
          - {property: label, value: {en: Date of birth, fr: Date de naissance}}
          - {property: unreadableSeverity, value: warn}
        quality:
          - name: birth_date_after_1900
            type: custom
            engine: greatExpectations
            severity: warn
            implementation:
              type: expect_column_values_to_be_between
              kwargs: {column: birth_date, min_value: 1900-01-01}
            customProperties:
              - property: message
                value: {en: Check the year., fr: "Vérifiez l'année."}
      - name: sex
        logicalType: string
        classification: sensitive
        customProperties:
          - {property: label, value: {en: Sex, fr: Sexe}}
          - property: codes
            value:
              - {code: female, en: Female, fr: Féminin}
              - {code: male, en: Male, fr: Masculin}
      - name: phone
        logicalType: string
        classification: personal
        customProperties:
          - {property: label, value: {en: Telephone, fr: Téléphone}}
      - name: consent_to_link
        logicalType: string
        classification: sensitive
        customProperties:
          - {property: label, value: {en: Consent, fr: Consentement}}
          - property: codes
            value:
              - {code: "yes", en: Consents, fr: Consent}
      - name: health_number
        logicalType: string
        classification: personal
        customProperties:
          - {property: label, value: {en: Health number, fr: Numéro d'assurance maladie}}
      - name: zone_code
        logicalType: string
        classification: public
        customProperties:
          - {property: label, value: {en: Zone, fr: Zone}}
          - {property: codesFrom, value: zones}
"""
AGREEMENT = """\
agency_id: clinic
name: {en: Clinic, fr: Clinique}
sector: health
language: en
valid_from: 2025-01-01
legal_basis: {en: Test., fr: Essai.}
consent: {en: Test., fr: Essai.}
frequency: month
due_day: 15
programs:
  - {program_id: clinic_program, name: {en: Programme, fr: Programme}, codes: [P1], instruments: [sdq_total]}
files:
  - pattern: "persons_{yyyy}-{mm}*.csv"
    kind: text
    delivers: month
    extracts:
      - dataset: persons
        columns:
          person_id_agency: id
          sex: sex
        codes:
          sex: {F: female}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project's initiative and words, one small contract and one small agreement."""
    expectations = tmp_path / "expectations"
    shutil.copytree(REAL, expectations, ignore=shutil.ignore_patterns("partners", "datasets"))
    for part in ("partners", "datasets"):
        (expectations / part).mkdir()
    (expectations / "datasets" / "persons.yml").write_text(CONTRACT, encoding="utf-8")
    (expectations / "partners" / "clinic.yml").write_text(AGREEMENT, encoding="utf-8")
    return expectations


def refused(folder: Path) -> list[Problem]:
    with pytest.raises(ExpectationsError) as caught:
        load_expectations(folder)
    return caught.value.problems


def one_problem(folder: Path, file: str, old: str, new: str) -> tuple[Problem, int]:
    """The only problem after one text of a file is replaced, and the line where the new text begins."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, "the text to replace is not in the file any more"
    before, _, after = text.partition(old)
    path.write_text(before + new + after, encoding="utf-8")
    problems = refused(folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0], 1 + before.count("\n")


def test_the_projects_own_expectations_load() -> None:
    expectations = load_expectations(REAL)
    assert set(expectations.contracts) >= {"contacts", "enrolments", "outcomes", "persons", "referrals"}
    assert len(expectations.agreements) >= 7
    assert [wave.start for wave in expectations.initiative.waves] == [date(2025, 2, 1), date(2026, 5, 1)]
    assert len(expectations.initiative.networks) == 6
    relation = expectations.contracts["enrolments"].column("relationship_to_head")
    assert "head" in {code.code for code in relation.codes}, "a code list taken from another contract is filled in"
    assert expectations.contracts["outcomes"].key == ("person_id_agency", "instrument_code", "assessed_date")
    assert expectations.agreements["housing_agency"].files[0].kind == "zip", "the profile gave its files"


def test_the_small_agreement_of_these_tests_is_right(folder: Path) -> None:
    assert list(load_expectations(folder).agreements) == ["clinic"]


@pytest.mark.parametrize(
    ("old", "new", "line_below", "what", "instead"),
    [
        ("due_day: 15", "due_dya: 15\ndue_day: 15", 0, "'due_dya' is not known here.", "Did you mean 'due_day'?"),
        ("    kind: text", "    kinds: text\n    kind: text", 0, "'kinds' is not known here.", "Did you mean 'kind'?"),
        ("due_day: 15", "due_day: 30", 0, "30 is greater than the maximum of 28.", "a day from 1 to 28"),
        ("sector: health", "sector: heath", 0, "There is no sector 'heath'.", "Did you mean 'health'?"),
        ("frequency: month", "frequency: weekly", 0, "'weekly' is not one of", "Write month, quarter or year."),
        ("    kind: text", "    kind: csv", 0, "'csv' is not one of", "Write text, workbook or zip."),
        ("delivers: month", "delivers: all", 0, "'all' is not one of", "Write month, everything or changes."),
        ("name: {en: Clinic, fr: Clinique}", "name: {en: Clinic}", 0, "'fr' is a required property.", "both languages"),
        ("name: {en: Clinic, fr: Clinique}", "name: {en: Clinic, fr: ''}", 0, "'' should be non-empty.", ""),
        ("legal_basis: {en: Test., fr: Essai.}\n", "", -5, "'legal_basis' is a required property.", "CONTRIBUTING.md"),
        ("agency_id: clinic", "agency_id: clinik", 0, "agency_id differs from the file's name.", "Write clinic."),
        ("agency_id: clinic", "agency_id: La Clinique", 0, "does not match", "small letters, digits and _."),
        ("dataset: persons", "dataset: person", 0, "There is no dataset 'person'.", "Did you mean 'persons'?"),
        ("sex: sex", "sexe: sex", 0, "'sexe' is no column of persons.", "Did you mean 'sex'?"),
        (
            "          person_id_agency: id\n",
            "",
            -1,
            "The required column 'person_id_agency' of persons has no source.",
            "Add person_id_agency: their header.",
        ),
        ("sex: {F: female}", "sex: {F: femal}", 0, "'femal' is no code of sex.", "Did you mean 'female'?"),
        ("sex: {F: female}", "sex: {F: female}\n          phone: {A: B}", 1, "'phone' is no coded column.", "Write"),
        ("sex: {F: female}", "sex: {1: female}", 0, "1 is not of type 'string'.", "quote codes that are numbers"),
        ("sex: {F: female}", "sex: {true: female}", 0, "True is not of type 'string'.", "quote codes that are numbers"),
        ("sex: {F: female}", "sex: {F: female, F: male}", 0, "'F' stands here for the second time.", "Keep one of the"),
        ("due_day: 15", "due_day: 15\nfrequency: month", 1, "'frequency' stands here for the second", "Keep one of"),
        ("sex: sex", "birth_date: {constant: 2001-01-01}", 0, "'birth_date' is a date, a time or", "their header"),
        ("due_day: 15", "due_day: 15\nvalid_to: 2024-12-31", 1, "valid_to is before valid_from.", "Correct one of the"),
        ("sex: sex", "sex: {constant: woman}", 0, "'woman' is no code of sex.", "Write one of: female,"),
        ("sex: sex", "sex: {flags: {W: woman}}", 0, "'woman' is no code of sex.", "Write one of: female,"),
        ("sex: sex", "sex: {constants: male}", 0, "is not valid under any of the given schemas.", "{constant: ...}"),
        ("[sdq_total]", "[], population: adoptive", 0, "Population 'adoptive' is unknown.", "'adoptive_families'?"),
        ("[sdq_total]", "[sdq_totals]", 0, "Instrument 'sdq_totals' is unknown.", "Did you mean 'sdq_total'?"),
        ("-{mm}*.csv", "*.csv", 0, "The pattern has no {mm}.", "Add {mm} where the month stands."),
        ("{yyyy}-{mm}", "{yy}-{mm}", 0, "does not match", "The pattern must hold {yyyy}"),
        ("{yyyy}-{mm}", "{yyyy}-{yyyy}-{mm}", 0, "The pattern has {yyyy} or {mm} twice.", "Write * for"),
        ("    kind: text", "    kind: text\n    encoding: utf8000", 1, "This encoding is unknown.", "e.g. utf-8,"),
        ("    kind: text", "    kind: text\n    delimiter: ';;'", 1, "';;' does not match", "Write one character"),
        ("    kind: text", "    kind: text\n    date_format: dd/mm/yyyy", 1, "does not match", "Write it as %d/%m/%Y"),
        ("    kind: text", "    kind: text\n    date_format: '%d/%m/%Q'", 1, "does not match", "Write it as %d/%m/%Y"),
        ("    kind: text", "    kind: workbook", 3, "The extract names no sheet.", "Add sheet:"),
        ("due_day: 15", "due_day: 15\nprofile: hmis_csv", 1, "There is no profile 'hmis_csv'.", "'hmis_csv_2022'?"),
        ("valid_from: 2025-01-01", "valid_from: 01/01/2025", 0, "is not a 'date'.", "Write the day as YYYY-MM-DD."),
        ("valid_from: 2025-01-01", "valid_from: 2025-02-30", 0, "is not a 'date'.", "Write the day as YYYY-MM-DD."),
        ("name: {en: Clinic, fr: Clinique}", "name: {en: Clinic: one}", 0, "This is not readable YAML", "the colons"),
        ("due_day: 15", "due_day: 15\nconsent_rule: implied", 1, "'implied' is not one of", "Write presumed"),
        ("due_day: 15", "due_day: 15\nconsent_rule: required", 1, "no file says who gave it.", "Add consent_to_link"),
        ("sex: sex", "health_number: hn", 0, "No legal basis is named for using", "Add identifiers:"),
        ("due_day: 15", "due_day: 15\nidentifiers: {health_number: {en: A.}}", 1, "'fr' is a required", "both"),
        ("due_day: 15", "due_day: 15\nidentifiers: {phone: {en: A., fr: L.}}", 1, "'phone' is not one", "national_"),
        ("sex: sex", "phone: {join: [tel]}", 0, "is not valid under any of", "{join: [header, header]}"),
    ],
)  # fmt: skip
def test_a_wrong_agreement_is_refused(
    folder: Path, old: str, new: str, line_below: int, what: str, instead: str
) -> None:
    problem, line = one_problem(folder, "partners/clinic.yml", old, new)
    assert (problem.file, problem.line) == ("partners/clinic.yml", line + line_below)
    assert what in problem.what
    assert instead in problem.instead


@pytest.mark.parametrize(
    ("old", "new", "line_below", "what", "instead"),
    [
        ("severity: warn", "severity: warning", 0, "severity is 'warning'.", "Did you mean 'warn'?"),
        ("engine: greatExpectations", "engine: soda", 0, "The engine of a rule is greatExpectations.", "Write it so."),
        (
            "expect_column_values_to",
            "values_to",
            0,
            "The rule names no column expectation.",
            "e.g. expect_column_values",
        ),
        ("{column: birth_date,", "{column: birthdate,", 0, "column names 'birthdate'", "Did you mean 'birth_date'?"),
        ("min_value: 1900-01-01", "min_value: 1900", 0, "min_value is no day.", "Write it as YYYY-MM-DD."),
        ("logicalType: date", "logicalType: time", 0, "logicalType is 'time'.", "Did you mean 'timestamp'?"),
        ("min_value: 1900-01-01", "min_value: 1900-02-30", 0, "min_value is no day.", "Write it as YYYY-MM-DD."),
        ("classification: public", "classification: open", 0, "classification is 'open'.", "Write one of: personal,"),
        ("logicalType: date", "logicalType: integer", 0, "logicalType is 'integer'.", "Write one of: date, number,"),
        ("classification: public", "clasification: public", None, "'clasification' was unexp", "'classification'?"),
        ("{en: Zone, fr: Zone}", "{en: Zone}", 0, "The label is missing in English or French.", "{en: ..., fr: ...}"),
        (
            "{en: Check the year., fr:",
            "{en: Check the year., de:",
            -1,
            "The message is missing in English or",
            "fr: ...",
        ),
        (
            "code: female, en: Female, fr:",
            "code: female, fr:",
            0,
            "A code lacks its code, en or fr.",
            "Write all three.",
        ),
        ("value: zones", "value: zone", 0, "codesFrom names 'zone'.", "Did you mean 'zones'?"),
        (
            "Severity, value: warn",
            "Severity, value: no",
            0,
            "unreadableSeverity is 'no'.",
            "Write one of: quarantine,",
        ),
        ("version: 1.0.0\n", "", None, "'version' is a required property.", ""),
        (
            "  - {property: purpose, value: {en: To count., fr: Compter.}}\n",
            "",
            -1,
            "The contract does not say its purpose.",
            "{property: purpose, value: {en: ..., fr: ...}}",
        ),
        ("{en: A year., fr: Un an.}", "{en: A year.}", 0, "The retention is missing in English or French.", "fr: ..."),
        ("  - {property: rec", "  - {property: x, value: 1}\n  - {property: rec", 0, "'x' is not known here", "Write"),
        ("codesFrom, value", "codeFrom, value", 0, "'codeFrom' is not known here.", "Did you mean 'codesFrom'?"),
        ("        primaryKey: true\n", "", None, "No column of the dataset is its key.", "primaryKey: true"),
    ],
)
def test_a_wrong_contract_is_refused(
    folder: Path, old: str, new: str, line_below: int | None, what: str, instead: str
) -> None:
    problem, line = one_problem(folder, "datasets/persons.yml", old, new)
    assert problem.file == "datasets/persons.yml"
    if line_below is not None:
        assert problem.line == line + line_below
    assert what in problem.what
    assert instead in problem.instead


def test_a_column_may_say_its_own_purpose(folder: Path) -> None:
    path = folder / "datasets" / "persons.yml"
    text = path.read_text(encoding="utf-8")
    own = "          - {property: purpose, value: {en: To link., fr: Jumeler.}}\n"
    label = "          - {property: label, value: {en: Telephone, fr: Téléphone}}\n"
    path.write_text(text.replace(label, label + own), encoding="utf-8")
    contract = load_expectations(folder).contracts["persons"]
    assert contract.handling["purpose"] == {"en": "To count.", "fr": "Compter."}
    assert contract.column("phone").handling == {"purpose": {"en": "To link.", "fr": "Jumeler."}}
    assert contract.column("sex").handling == {}


def test_a_contract_without_a_schema_is_refused(folder: Path) -> None:
    path = folder / "datasets" / "persons.yml"
    path.write_text(path.read_text(encoding="utf-8").partition("schema:")[0], encoding="utf-8")
    assert "datasets/persons.yml" in {problem.file for problem in refused(folder)}


@pytest.mark.parametrize(
    ("old", "new", "what", "instead"),
    [
        ("contact:", "contcat:", "'contcat' is not known here.", "Did you mean 'contact'?"),
        ("start_month: 7", "start_month: 13", "13 is greater than the maximum of 12.", "Write a month from 1 to 12."),
        ("remoteness: rural", "remoteness: far", "'far' is not one of", "Write urban, rural or remote."),
        ("better: lower", "better: less", "'less' is not one of", "Write higher or lower."),
        ("as_of: 2026-07-20", "as_of: 2026-06-31", "is not a 'date'.", "Write the day as YYYY-MM-DD."),
        ("first_month: 2025-01-01", "first_month: January", "is not a 'date'.", "Write the day as YYYY-MM-DD."),
        ("fr: Rive-Nord}", "de: Nordufer}", "", "both languages"),
        ("start: 2026-05-01", "start: 2026-05-32", "is not a 'date'.", "Write the day as YYYY-MM-DD."),
        ("start: 2026-05-01", "begin: 2026-05-01", "'begin' is not known here.", "Write one of: end,"),
        ("end: 2025-03-31", "end: 2025-02-01", "Wave 'wave_1' does not end after its start.", "Correct one of"),
        ("start: 2026-05-01", "start: 2025-03-31", "'wave_2' begins before 'wave_1' has ended.", "do not overlap"),
        ("wave_id: wave_2", "wave_id: wave_1", "'wave_1' stands in waves for the second time.", "another wave_id."),
        ("municipal]", "municipalities]", "There is no sector 'municipalities'.", "Did you mean 'municipal'?"),
        ("municipal]", "municipal, health]", "has non-unique elements.", "a list of different sectors"),
        ("zone_id: old_town", "zone_id: north_shore", "'north_shore' stands in zones for the second", "zone_id."),
        ("population_id: adoptive_families", "population_id: Familles", "does not match", "small letters, digits"),
    ],
)
def test_a_wrong_initiative_is_refused(folder: Path, old: str, new: str, what: str, instead: str) -> None:
    path = folder / "initiative.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = refused(folder)
    assert {problem.file for problem in problems} == {"expectations/initiative.yml"}
    assert 1 + text.partition(old)[0].count("\n") in {problem.line for problem in problems}
    assert any(what in problem.what and instead in problem.instead for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "what", "instead"),
    [
        ("severity: reject", "severity: refuse", "'refuse' is not one of", "Write reject, quarantine or warn."),
        (", fr: Dossier d'organisme inconnu}", "}", "'fr' is a required property.", "Write both languages"),
        ("  remedy:", "  remede: x\n  remedy:", "'remede' is not known here.", "Did you mean 'remedy'?"),
        ("stray_quote:", "a_quote:", "The words for 'stray_quote' are missing.", "severity, label, message and remedy"),
        ("severity: reject", "severity: hold", "is nothing for which a file can wait.", "reject, quarantine or warn"),
        ("severity: hold", "severity: reject", "is about a file as a whole", "Write hold or warn."),
    ],
)
def test_wrong_words_of_findings_are_refused(folder: Path, old: str, new: str, what: str, instead: str) -> None:
    problem, _ = one_problem(folder, "findings.yml", old, new)
    assert problem.file == "expectations/findings.yml"
    assert what in problem.what
    assert instead in problem.instead


@pytest.mark.parametrize("file", ["partners/clinic.yml", "datasets/persons.yml", "initiative.yml", "findings.yml"])
@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "The file is empty."),
        (b"# nothing yet\n", "The file is empty."),
        (b"- a\n- b\n", "is not of type 'object'."),
        ("name: Écoute\n".encode("cp1252"), "The file is not in UTF-8."),
        (b"a: [1, 2\nb: 3\n", "This is not readable YAML"),
    ],
)
def test_a_file_that_is_no_settings_at_all_is_refused(folder: Path, file: str, content: bytes, what: str) -> None:
    (folder / file).write_bytes(content)
    found = [problem for problem in refused(folder) if problem.file.endswith(Path(file).name)]
    assert len(found) == 1, [str(problem) for problem in found]
    assert what in found[0].what


def test_a_programme_belongs_to_one_agency(folder: Path) -> None:
    second = AGREEMENT.replace("agency_id: clinic", "agency_id: school")
    (folder / "partners" / "school.yml").write_text(second, encoding="utf-8")
    problems = refused(folder)
    assert [str(problem) for problem in problems] == [
        "partners/school.yml:11: Programme 'clinic_program' is already one of clinic. Give it another program_id."
    ]


def test_a_programme_stands_once_in_its_agreement(folder: Path) -> None:
    again = "files:"
    line = "  - {program_id: clinic_program, name: {en: Second, fr: Deuxième}}\nfiles:"
    problem, number = one_problem(folder, "partners/clinic.yml", again, line)
    assert problem.line == number
    assert "clinic_program" in problem.what


def test_every_problem_is_told_at_once(folder: Path) -> None:
    text = AGREEMENT.replace("sex: sex", "sexe: sex").replace("F: female", "F: femal").replace("[sdq_total]", "[sdq]")
    (folder / "partners" / "clinic.yml").write_text(text, encoding="utf-8")
    assert [problem.line for problem in refused(folder)] == [11, 20, 22]


def test_a_fault_in_a_profile_is_told_of_the_profile(folder: Path) -> None:
    for dataset in ("persons", "enrolments"):
        shutil.copy(REAL / "datasets" / f"{dataset}.yml", folder / "datasets")
    text = AGREEMENT.partition("files:")[0] + "profile: hmis_csv_2022\n"
    (folder / "partners" / "clinic.yml").write_text(text, encoding="utf-8")
    load_expectations(folder)
    for old, new, what in [
        ("kind: zip", "kind: zipp", "'zipp' is not one of"),
        ("birth_date: DOB\n", "birth_day: DOB\n", "'birth_day' is no column of persons."),
    ]:
        shutil.copyfile(REAL / "profiles" / "hmis_csv_2022.yml", folder / "profiles" / "hmis_csv_2022.yml")
        problem, line = one_problem(folder, "profiles/hmis_csv_2022.yml", old, new)
        assert (problem.file, problem.line) == ("profiles/hmis_csv_2022.yml", line)
        assert what in problem.what


def agreement(folder: Path, **changes: str) -> Agreement:
    text = AGREEMENT
    for key, value in changes.items():
        old = next(line for line in text.splitlines() if line.startswith(f"{key}:"))
        text = text.replace(old, f"{key}: {value}")
    (folder / "partners" / "clinic.yml").write_text(text, encoding="utf-8")
    return load_expectations(folder).agreements["clinic"]


def test_an_organisation_may_serve_nobody_itself(folder: Path) -> None:
    line = next(line for line in AGREEMENT.splitlines() if "program_id:" in line)
    text = AGREEMENT.replace(f"programs:\n{line}\n", "programs: []\n")
    (folder / "partners" / "clinic.yml").write_text(text, encoding="utf-8")
    assert load_expectations(folder).agreements["clinic"].programs == ()


def test_a_programme_may_serve_a_known_population(folder: Path) -> None:
    path = folder / "partners" / "clinic.yml"
    path.write_text(AGREEMENT.replace("[sdq_total]", "[], population: adoptive_families"), encoding="utf-8")
    assert load_expectations(folder).agreements["clinic"].programs[0].population == "adoptive_families"
    path.write_text(AGREEMENT, encoding="utf-8")
    assert load_expectations(folder).agreements["clinic"].programs[0].population is None
    initiative = folder / "initiative.yml"
    text = initiative.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "population" not in line]
    initiative.write_text("\n".join(lines), encoding="utf-8")
    problem, _ = one_problem(folder, "partners/clinic.yml", "[sdq_total]", "[], population: adoptive_families")
    assert problem.instead == "Add it under populations in initiative.yml."


def test_an_initiative_may_have_no_waves_networks_or_populations(folder: Path) -> None:
    path = folder / "initiative.yml"
    text = path.read_text(encoding="utf-8")
    before, _, after = text.partition("waves:")
    bands = after[after.index("age_bands:") :]
    path.write_text(before + bands, encoding="utf-8")
    initiative = load_expectations(folder).initiative
    assert (initiative.waves, initiative.networks, initiative.populations) == ((), (), ())
    assert initiative.code_lists["waves"] == set()
    assert "backbone" in initiative.code_lists["sectors"]


def test_waves_come_in_the_order_of_time_however_they_are_written(folder: Path) -> None:
    path = folder / "initiative.yml"
    text = path.read_text(encoding="utf-8")
    first, second = (line for line in text.splitlines() if "wave_id:" in line)
    path.write_text(text.replace(f"{first}\n{second}", f"{second}\n{first}"), encoding="utf-8")
    assert [wave.wave_id for wave in load_expectations(folder).initiative.waves] == ["wave_1", "wave_2"]


MOMENT = """\
      - name: seen_at
        logicalType: timestamp
        classification: sensitive
        customProperties:
          - {property: label, value: {en: Seen at, fr: Vu le}}
"""


def test_a_moment_has_a_header_or_one_of_its_day_and_one_of_its_time(folder: Path) -> None:
    (folder / "datasets" / "persons.yml").write_text(CONTRACT + MOMENT, encoding="utf-8")
    path = folder / "partners" / "clinic.yml"
    for source in ("moment", "{join: [day, time]}"):
        path.write_text(AGREEMENT.replace("sex: sex", f"sex: sex\n          seen_at: {source}"), encoding="utf-8")
        assert load_expectations(folder).contracts["persons"].column("seen_at").sql_type == "timestamp"
    path.write_text(AGREEMENT, encoding="utf-8")
    wrong = "sex: sex\n          seen_at: {derive: [day]}"
    problem, line = one_problem(folder, "partners/clinic.yml", "sex: sex", wrong)
    assert problem.line == line + 1
    assert "{join: [header of the day, header of the time]}" in problem.instead


def test_linking_is_presumed_and_identifiers_are_off_unless_agreed(folder: Path) -> None:
    agreed = agreement(folder)
    assert (agreed.needs_consent_to_link, agreed.identifiers) == (False, ())


def test_an_agreement_names_its_consent_rule_and_its_identifiers(folder: Path) -> None:
    more = "15\nconsent_rule: required\nidentifiers: {health_number: {en: Act., fr: Loi.}}"
    path = folder / "partners" / "clinic.yml"
    agreement_text = AGREEMENT.replace("due_day: 15", f"due_day: {more}")
    path.write_text(
        agreement_text.replace("sex: sex", "consent_to_link: consent\n          health_number: hn\n          sex: sex"),
        encoding="utf-8",
    )
    agreed = load_expectations(folder).agreements["clinic"]
    assert (agreed.needs_consent_to_link, agreed.identifiers) == (True, ("health_number",))


@pytest.mark.parametrize(
    ("frequency", "valid_from", "day", "start", "end"),
    [
        ("month", "2025-01-01", "2026-03-01", "2026-03-01", "2026-03-31"),
        ("month", "2025-01-01", "2024-02-29", "2024-02-01", "2024-02-29"),
        ("month", "2025-01-01", "2025-12-31", "2025-12-01", "2025-12-31"),
        ("quarter", "2025-01-01", "2025-01-01", "2025-01-01", "2025-03-31"),
        ("quarter", "2025-02-15", "2025-12-31", "2025-10-01", "2025-12-31"),
        ("year", "2025-01-01", "2026-12-31", "2026-01-01", "2026-12-31"),
        ("year", "2020-10-01", "2021-09-30", "2020-10-01", "2021-09-30"),
        ("year", "2020-10-15", "2021-10-01", "2021-10-01", "2022-09-30"),
    ],
)
def test_a_day_falls_into_the_agreed_period(
    folder: Path, frequency: str, valid_from: str, day: str, start: str, end: str
) -> None:
    agreed = agreement(folder, frequency=frequency, valid_from=valid_from)
    period = agreed.period_of(date.fromisoformat(day))
    assert period == Period(date.fromisoformat(start), date.fromisoformat(end))


def file_kind(folder: Path, pattern: str) -> FileKind:
    text = AGREEMENT.replace("frequency: month", "frequency: year").replace("persons_{yyyy}-{mm}*.csv", pattern)
    (folder / "partners" / "clinic.yml").write_text(text, encoding="utf-8")
    return load_expectations(folder).agreements["clinic"].files[0]


@pytest.mark.parametrize(
    ("pattern", "name", "start"),
    [
        ("persons_{yyyy}-{mm}*.csv", "persons_2026-03.csv", "2026-03-01"),
        ("persons_{yyyy}-{mm}*.csv", "PERSONS_2026-03_corrected (2).CSV", "2026-03-01"),
        ("persons_{yyyy}-{mm}*.csv", "persons_2026-13.csv", None),
        ("persons_{yyyy}-{mm}*.csv", "persons_2026-3.csv", None),
        ("persons_{yyyy}-{mm}*.csv", "my persons_2026-03.csv", None),
        ("persons_{yyyy}-{mm}*.csv", "persons_2026-03.csv.bak", None),
        ("persons_{yyyy}-{mm}*.csv", "persons_2026-03xcsv", None),
        ("persons_{yyyy}-{mm}*.csv", "persons_0000-03.csv", None),
        ("*{mm}{yyyy}.csv", "persons 032026.csv", "2026-03-01"),
        ("report [{yyyy}].csv", "Report [2026].csv", "2026-01-01"),
    ],
)
def test_a_files_name_states_its_period(folder: Path, pattern: str, name: str, start: str | None) -> None:
    assert file_kind(folder, pattern).period_start(name) == (date.fromisoformat(start) if start else None)


@pytest.mark.parametrize(
    ("stated", "what", "instead"),
    [
        ("{column: sexe, code: female, keeps: [sex]}", "countOnly names 'sexe'.", "'sex'"),
        ("{column: sex, code: femal, keeps: [sex]}", "countOnly names the code 'femal'.", "'female'"),
        ("{column: sex, keeps: [sex]}", "countOnly lacks its column, code or keeps.", "Write all three."),
    ],
)
def test_rows_that_are_only_counted_are_told_by_a_column_and_a_code(
    folder: Path, stated: str, what: str, instead: str
) -> None:
    added = f"  - {{property: countOnly, value: {stated}}}\nschema:\n"
    problem, _ = one_problem(folder, "datasets/persons.yml", "schema:\n", added)
    assert what in problem.what
    assert instead in problem.instead
