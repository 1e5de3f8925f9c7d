"""A started initiative builds: on nothing, on its first file, after its first month, and its site is made.

Real commands on roots of the test's own; the demonstration's partners are not needed.
"""

from __future__ import annotations

import re
import shutil

import duckdb
import pytest

from dagster_project.settings import PROJECT_ROOT, Settings
from tests.conftest import make_settings, run_dorsale
from tests.unit.filled_template import fill

PARTNER = "clinic|Two Rivers Clinic|Clinique des Deux-Rivières|health|en|persons, enrolments, contacts"
PERSON: list[str | float | None] = ["007", "Anne", "Roy", 29254, None, "Female"]
ENROLMENT: list[str | float | None] = ["S1", "007", "Services", 46028]
CONTACT: list[str | float | None] = ["K1", "007", "Services", 46030, "Home visit", "In person", "Took place", 45]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("started")
    settings = make_settings(root, root / "expectations")
    shutil.copytree(PROJECT_ROOT / "expectations", settings.expectations, ignore=shutil.ignore_patterns("partners"))
    path = settings.expectations / "initiative.yml"
    text = re.sub(r"(?m)^initiative_id: .*$", "initiative_id: demonstration", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    run_dorsale(settings, "start", "--yes", "--name-en", "Two Rivers", "--first-month", "2026-01")
    return settings


def as_of(settings: Settings, day: str) -> None:
    path = settings.expectations / "initiative.yml"
    text = re.sub(r"(?m)^as_of: .*\n", "", path.read_text(encoding="utf-8"))
    path.write_text(f"{text}as_of: {day}\n", encoding="utf-8")


def served(settings: Settings) -> list[tuple[str, float | None]]:
    """Persons served in January, all agencies together: the value computed and why it is missing."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return connection.execute("""
            select interval_start::varchar, value from marts.fct_indicator_values
            where indicator_id = 'persons_served_count' and interval_kind = 'month' and agency_id is null
              and zone_id is null and breakdown_kind is null order by 1
        """).fetchall()


@pytest.mark.long
def test_a_started_initiative_builds_from_nothing_on(started: Settings) -> None:
    as_of(started, "2026-01-20")
    output = run_dorsale(started, "build")
    assert "0 files seen" in output
    assert served(started) == []
    for language, sentence in (("en", "No figure yet"), ("fr", "Aucun chiffre pour l’instant")):
        page = (started.site / language / "index.html").read_text(encoding="utf-8")
        assert "Two Rivers" in page or language == "fr"
        assert sentence in page
        assert not re.search(r">\s*(undefined|null|NaN)\s*<", page)

    # A partner without a file of its own, and a month in which nothing came.
    run_dorsale(started, "start", "--yes", "--yes-remove", "--first-month", "2026-01", "--partner", PARTNER)
    as_of(started, "2026-02-20")
    run_dorsale(started, "build", "--no-site")
    assert served(started) == [("2026-01-01", None)], "not received is no zero"

    # Its first file: the template, filled in.
    blank = started.raw / "clinic" / "dorsale_clinic_2026-01.xlsx"
    run_dorsale(started, "template", "clinic", "--month", "2026-01", "--out", str(blank))
    rows = {"Persons": [PERSON], "Enrolments": [ENROLMENT], "Contacts": [CONTACT]}
    blank.write_bytes(fill(blank.read_bytes(), rows))
    output = run_dorsale(started, "build")
    assert "1 files seen: 1 accepted" in output
    assert "3 rows in = 3 accepted + 0 quarantined" in output
    assert served(started) == [("2026-01-01", 1.0)]
    page = (started.site / "en" / "partners" / "index.html").read_text(encoding="utf-8")
    assert "Two Rivers Clinic" in page
    run_dorsale(started, "mirror", "clinic")
    assert list((started.feedback / "clinic").glob("mirror_*.xlsx"))
