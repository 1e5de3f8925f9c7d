"""A tiny initiative for tests: one or two partners with plain CSV files, written where a test says.

Belongs here: expectations and files of a test's own making. Stays out: assertions.
"""

from __future__ import annotations

from pathlib import Path

from dagster_project.settings import PROJECT_ROOT, Settings
from tests.conftest import make_settings

AGREEMENT = """
agency_id: {agency_id}
name: {{en: Test agency, fr: Organisme d'essai}}
sector: health
language: {language}
valid_from: 2026-01-01
legal_basis: {{en: Test., fr: Essai.}}
consent: {{en: Test., fr: Essai.}}
frequency: month
due_day: 15
programs:
  - {{program_id: {agency_id}_program, name: {{en: Programme, fr: Programme}}, codes: [P1], records_destinations: true}}
files:
  - pattern: "persons_{{yyyy}}-{{mm}}*.csv"
    kind: text
    delivers: month
    extracts:
      - dataset: persons
        columns:
          person_id_agency: id
          first_name: first
          last_name: last
          birth_date: born
          sex: sex
          postal_code: postal
          phone: phone
          email: email
          address: address
        codes: {{sex: {{F: female, M: male}}}}
  - pattern: "enrolments_{{yyyy}}-{{mm}}*.csv"
    kind: text
    delivers: month
    extracts:
      - dataset: enrolments
        columns:
          enrolment_id_agency: number
          person_id_agency: id
          program_code: program
          entry_date: entry
          exit_date: exit
          destination_code: destination
  - pattern: "visits_{{yyyy}}-{{mm}}*.xlsx"
    kind: workbook
    delivers: month
    extracts:
      - dataset: contacts
        sheet: Visits
        columns:
          contact_id_agency: number
          person_id_agency: id
          program_code: program
          contact_date: day
          contact_status: status
"""
PERSONS_HEADER = "id,first,last,born,sex,postal,phone,email,address"
ENROLMENTS_HEADER = "number,id,program,entry,exit,destination"


def small_settings(root: Path, *agencies: tuple[str, str]) -> Settings:
    """Roots with an agreement for each (agency_id, language), the project's contracts, and as_of 2026-03-31."""
    expectations = root / "expectations"
    (expectations / "partners").mkdir(parents=True)
    for part in ("datasets", "profiles"):
        (expectations / part).mkdir()
        for path in (PROJECT_ROOT / "expectations" / part).glob("*.yml"):
            (expectations / part / path.name).write_bytes(path.read_bytes())
    for name in ("findings.yml", "nicknames.csv"):
        (expectations / name).write_bytes((PROJECT_ROOT / "expectations" / name).read_bytes())
    initiative = (PROJECT_ROOT / "expectations" / "initiative.yml").read_text(encoding="utf-8")
    initiative = initiative.replace("as_of: 2026-07-20", "as_of: 2026-03-31")
    initiative = initiative.replace("first_month: 2025-01-01", "first_month: 2026-01-01")
    (expectations / "initiative.yml").write_text(initiative, encoding="utf-8")
    for agency_id, language in agencies:
        text = AGREEMENT.format(agency_id=agency_id, language=language)
        (expectations / "partners" / f"{agency_id}.yml").write_text(text, encoding="utf-8")
    return make_settings(root, expectations)


def drop(settings: Settings, agency_id: str, name: str, content: str | bytes) -> None:
    """Put a file into an agency's folder."""
    path = settings.raw / agency_id / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"
