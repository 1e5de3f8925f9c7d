"""The housing agency: each quarter a zip of HMIS CSV files (FY2022) with all clients since the first day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from dagster_project.demonstration.agencies import hmis_columns as columns
from dagster_project.demonstration.books import Book, Enrolment, known_by
from dagster_project.demonstration.months import FIRST_DAY, month_end
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.tables import Cell, Table, Tables
from dagster_project.demonstration.writers import TextFormat, write_text_zip

FORMAT = TextFormat()
PROJECT = {"transitional_housing": "301", "rapid_rehousing": "302"}
PROJECT_TYPE = {"transitional_housing": 2, "rapid_rehousing": 13}
PROJECT_NAME = {"transitional_housing": "Transitional Housing", "rapid_rehousing": "Rapid Re-Housing"}
RELATIONSHIP = {"head": 1, "child": 2, "spouse_or_partner": 3, "other_relative": 4}
DATE_QUALITY = {"full": 1, "approximate": 2, "unknown": 8, "refused": 9, "not_collected": 99}
NO_GENDER = 99
ORGANIZATION, USER = "70", "12"


def tables(book: Book, month: date) -> Tables:
    """The six files of an export, by name."""
    entries = [entry for entry in book.enrolments if entry.entry <= month_end(month)]
    records = list({entry.record.number: entry.record for entry in entries}.values())
    export = f"TROISANSES{month:%Y%m}"
    return {
        "Client.csv": fill(columns.CLIENT_COLUMNS, [client(record, export) for record in records]),
        "Enrollment.csv": fill(columns.ENROLLMENT_COLUMNS, [enrollment(entry, month, export) for entry in entries]),
        "Exit.csv": fill(
            columns.EXIT_COLUMNS,
            [exit_row(entry, export) for entry in entries if known_by(entry.exit, month) is not None],
        ),
        "Export.csv": fill(columns.EXPORT_COLUMNS, [export_row(month, export)]),
        "Organization.csv": fill(columns.ORGANIZATION_COLUMNS, [organization(export)]),
        "Project.csv": fill(columns.PROJECT_COLUMNS, [project(program_id, export) for program_id in PROJECT]),
    }


def fill(column_names: str, rows: list[dict[str, Cell]]) -> Table:
    """A table of the standard's full width from the few columns that are known."""
    header = column_names.split()
    return Table(header, [[row.get(column) for column in header] for row in rows])


def stamped(day: date, export: str) -> dict[str, Cell]:
    """The columns that close every HMIS row."""
    stamp = f"{day:%Y-%m-%d} 09:00:00"
    return {"DateCreated": stamp, "DateUpdated": stamp, "UserID": USER, "ExportID": export}


def client(record: Record, export: str) -> dict[str, Cell]:
    """A client; the standard has one column a gender, and a code for how good the birth date is."""
    gender: dict[str, Cell] = {"GenderNone": NO_GENDER}
    if record.sex != "not_collected":
        marked = {"female": "Female", "male": "Male", "other": "NoSingleGender"}[record.sex]
        names = ("Female", "Male", "NoSingleGender", "Transgender", "Questioning")
        gender = {name: int(name == marked) for name in names}
    return {
        "PersonalID": personal_id(record), "FirstName": record.first_name, "LastName": record.last_name,
        "NameDataQuality": 1, "SSNDataQuality": 99, "DOB": record.birth_date,
        "DOBDataQuality": DATE_QUALITY[record.birth_date_quality], "RaceNone": 99, "Ethnicity": 99,
        "VeteranStatus": 99, **gender, **stamped(record.registered, export),
    }  # fmt: skip


def enrollment(entry: Enrolment, month: date, export: str) -> dict[str, Cell]:
    """An enrolment; the postal code stands where the standard has the last permanent address."""
    record = entry.record
    home = record.home_on(month_end(month))
    return {
        "EnrollmentID": enrollment_id(entry), "PersonalID": personal_id(record),
        "ProjectID": PROJECT[entry.program_id], "EntryDate": entry.entry,
        "HouseholdID": f"{record.household}-{entry.entry:%y%m%d}", "RelationshipToHoH": RELATIONSHIP[record.role],
        "LivingSituation": 16, "DisablingCondition": 99, "LastPermanentZIP": home.postal_code,
        **stamped(entry.entry, export),
    }  # fmt: skip


def exit_row(entry: Enrolment, export: str) -> dict[str, Cell]:
    """An exit with its destination."""
    day = entry.exit or entry.entry
    return {
        "ExitID": enrollment_id(entry), "EnrollmentID": enrollment_id(entry),
        "PersonalID": personal_id(entry.record), "ExitDate": day, "Destination": int(entry.destination),
        **stamped(day, export),
    }  # fmt: skip


def export_row(month: date, export: str) -> dict[str, Cell]:
    """The export's own description."""
    end = month_end(month)
    return {
        "ExportID": export, "SourceType": 1, "SourceName": "Habitat Trois-Anses",
        "SourceContactEmail": "it@example.org",
        "ExportDate": f"{end + timedelta(days=4):%Y-%m-%d} 08:00:00", "ExportStartDate": FIRST_DAY,
        "ExportEndDate": end,
        "SoftwareName": "Demonstration", "CSVVersion": "FY2022", "ExportPeriodType": 3, "ExportDirective": 2,
        "HashStatus": 1,
    }  # fmt: skip


def organization(export: str) -> dict[str, Cell]:
    """The agency itself."""
    return {
        "OrganizationID": ORGANIZATION, "OrganizationName": "Habitat Trois-Anses", "VictimServiceProvider": 0,
        **stamped(date(2024, 11, 4), export),
    }  # fmt: skip


def project(program_id: str, export: str) -> dict[str, Cell]:
    """A programme."""
    return {
        "ProjectID": PROJECT[program_id], "OrganizationID": ORGANIZATION, "ProjectName": PROJECT_NAME[program_id],
        "OperatingStartDate": date(2016, 4, 1), "ContinuumProject": 0, "ProjectType": PROJECT_TYPE[program_id],
        "HousingType": 1, "HMISParticipatingProject": 1, "TargetPopulation": 4,
        **stamped(date(2024, 11, 4), export),
    }  # fmt: skip


def personal_id(record: Record) -> str:
    """The agency's number of a client."""
    return f"{40000 + record.number}"


def enrollment_id(entry: Enrolment) -> str:
    """The agency's number of an enrolment."""
    return f"{610000 + entry.number}"


def write(folder: Path, month_tables: Tables, month: date, suffix: str = "") -> list[Path]:
    """Write the quarter's export, named by the quarter's last month."""
    path = folder / f"hmis_{month:%Y-%m}{suffix}.zip"
    write_text_zip(path, month_tables, FORMAT)
    return [path]
