"""Start: the demonstration goes, nothing else does, and what is written is valid by our own loader."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dagster_project.cli import app
from dagster_project.contracts import load_expectations
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.start import OWN_COLUMNS, empty_seeds, forbid_demonstration_files
from dagster_project.start_answers import UnclearAnswerError, YearAnswer, ZoneAnswer, slug
from tests.conftest import make_settings
from tests.drop_folder_hook import DEMONSTRATION_PARTNERS, admitted_partners, foreign_files

CANARY = "Zyxcanary"
OPTIONS = [
    *("--name-en", "Two Rivers: families", "--name-fr", "Deux-Rivières : familles", "--contact", "ask@rivers.example"),
    *("--first-month", "2026-01", "--year", "school_year", "--year", "Fiscal year|Exercice|10"),
    *("--zone", "East Bank|Rive-Est|rural|j0a, j0b", "--zone", "West Bank"),
    *("--partner", "clinic|Two Rivers Clinic|Clinique des Deux-Rivières|health|fr|persons, contacts"),
    *("--partner", "school|The School||education|en"),
]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of the expectations under the demonstration's id, with one agreement that nothing else is about."""
    made = make_settings(tmp_path, tmp_path / "expectations")
    shutil.copytree(PROJECT_ROOT / "expectations", made.expectations, ignore=shutil.ignore_patterns("partners"))
    path = made.expectations / "initiative.yml"
    text = re.sub(r"(?m)^initiative_id: .*$", "initiative_id: demonstration", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    (made.expectations / "partners").mkdir()
    (made.expectations / "partners" / "gone.yml").write_text("agency_id: gone\n", encoding="utf-8")
    monkeypatch.setenv("DORSALE_DATA", str(made.data))
    monkeypatch.setenv("DORSALE_EXPECTATIONS", str(made.expectations))
    monkeypatch.setenv("DORSALE_SITE", str(made.site))
    monkeypatch.setenv("COLUMNS", "300")
    return made


def start(*arguments: str, typed: str | None = None) -> Result:
    result = CliRunner().invoke(app, ["start", *arguments], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def seen(settings: Settings) -> dict[str, bytes]:
    roots = (settings.data, settings.expectations)
    return {str(path): path.read_bytes() for root in roots for path in root.rglob("*") if path.is_file()}


def test_the_defaults_are_an_initiative(settings: Settings) -> None:
    result = start("--yes")
    assert result.exit_code == 0, result.output
    expected = load_expectations(settings.expectations)
    initiative = expected.initiative
    assert initiative.name == {"en": "Our initiative", "fr": "Notre initiative"}
    assert initiative.as_of is None
    assert initiative.first_month.day == 1
    assert [zone.zone_id for zone in initiative.zones] == ["whole_region"]
    assert (initiative.waves, initiative.networks, initiative.populations) == ((), (), ())
    assert [band.from_age for band in initiative.age_bands][:2] == [0, 5], (
        "bands and instruments say nothing of a region"
    )
    assert expected.agreements == {}
    assert list(settings.data.rglob("*")) == [settings.raw]
    assert "make test runs only what needs no demonstration partner" in result.output


def test_the_demonstrations_funders_go(settings: Settings) -> None:
    assert list(settings.funders.glob("*.yml"))
    assert start("--yes").exit_code == 0
    assert list(settings.funders.iterdir()) == []


def test_options_say_it_all(settings: Settings) -> None:
    result = start("--yes", *OPTIONS)
    assert result.exit_code == 0, result.output
    expected = load_expectations(settings.expectations)
    initiative = expected.initiative
    assert initiative.name == {"en": "Two Rivers: families", "fr": "Deux-Rivières : familles"}
    assert initiative.initiative_id == "two_rivers_families"
    assert initiative.first_month == date(2026, 1, 1)
    assert [(y.reporting_year_id, y.start_month) for y in initiative.reporting_years] == [
        ("school_year", 7),
        ("fiscal_year", 10),
    ]
    assert [(z.zone_id, z.remoteness, z.postal_prefixes) for z in initiative.zones] == [
        ("east_bank", "rural", ("J0A", "J0B")),
        ("west_bank", "urban", ()),
    ]
    clinic, school = expected.agreements["clinic"], expected.agreements["school"]
    assert (clinic.language, clinic.datasets) == ("fr", ("contacts", "persons"))
    assert school.name == {"en": "The School", "fr": "The School"}
    assert school.datasets == ("contacts", "enrolments", "persons")
    assert school.valid_from == date(2026, 1, 1)


def test_a_person_is_asked(settings: Settings) -> None:
    typed = [
        *("fr", "Les Deux-Rivières", "aide@rivieres.example", "2026-02"),
        *("Rive-Est", "remote", "J0A", ""),
        *("school_year", ""),
        *("Clinique", "", "health", "persons", ""),
        "y",
    ]
    result = start(typed="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    expected = load_expectations(settings.expectations)
    assert expected.initiative.name == {"en": "Les Deux-Rivières", "fr": "Les Deux-Rivières"}
    assert [zone.zone_id for zone in expected.initiative.zones] == ["rive_est"]
    assert [year.start_month for year in expected.initiative.reporting_years] == [7]
    assert expected.agreements["clinique"].datasets == ("persons",)
    assert expected.agreements["clinique"].language == "fr"


def test_whoever_says_no_keeps_everything(settings: Settings) -> None:
    before = seen(settings)
    result = start(
        "--name-en",
        "A",
        "--languages",
        "en",
        "--contact",
        "b",
        "--first-month",
        "2026-01",
        "--zone",
        "Z",
        "--year",
        "school_year",
        "--partner",
        "c|C||health|en",
        typed="n\n",
    )
    assert result.exit_code == 1
    assert seen(settings) == before


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (f"raw/clinic/{CANARY}.csv", "1 files in data/raw"),
        (f"archive/ab/{'ab' * 32}", "1 in data/archive"),
        (f"{CANARY}.csv", "1 other places in data"),
    ],
)
def test_what_is_not_the_demonstration_stays(settings: Settings, place: str, message: str) -> None:
    path = settings.data / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a family's", encoding="utf-8")
    before = seen(settings)
    result = start("--yes")
    assert result.exit_code == 1
    assert "Nothing was changed" in result.output
    assert message in result.output
    assert CANARY not in result.output
    assert seen(settings) == before
    assert start("--yes", "--yes-remove").exit_code == 0
    assert not path.exists()


def test_the_demonstrations_own_files_and_what_was_built_go(settings: Settings) -> None:
    from dagster_project.demonstration import write_demonstration

    write_demonstration(settings.raw, 1, 20250101)
    (settings.data / "published.replaced-1").mkdir()
    (settings.journal).mkdir()
    version = settings.site.with_name(".site-versions") / "1"
    version.mkdir(parents=True)
    settings.site.symlink_to(version)
    assert start("--yes").exit_code == 0
    assert list(settings.data.rglob("*")) == [settings.raw]
    assert not settings.site.is_symlink()
    assert not version.exists()


def test_a_second_start_is_refused(settings: Settings) -> None:
    assert start("--yes").exit_code == 0
    before = seen(settings)
    result = start("--yes")
    assert result.exit_code == 1
    assert "initiative.yml is not the demonstration's" in result.output
    assert seen(settings) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--partner", "clinic|Clinic||medicine|en"], "There is no sector 'medicine'."),
        (["--partner", "clinic|Clinic"], "Write it as: agency_id|English name|French name|sector"),
        (["--zone", "Lakes|Lacs|far"], "Write urban, rural or remote."),
        (["--zone", "Lakes", "--zone", "Lakes"], "for the second time"),
        (["--languages", "en,de"], "Write the languages as en, fr, or en,fr."),
        (["--first-month", "January"], "YYYY-MM"),
        (["--year", "fiscal"], "Write it as: calendar_year"),
    ],
)
def test_answers_that_cannot_be_used_change_nothing(settings: Settings, arguments: list[str], message: str) -> None:
    before = seen(settings)
    result = start("--yes", *arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert seen(settings) == before


def test_the_projects_seeds_are_left_to_the_project(settings: Settings) -> None:
    seeds = [path.read_bytes() for path in sorted((PROJECT_ROOT / "dbt" / "seeds").glob("*.csv"))]
    gitignore = (PROJECT_ROOT / ".gitignore").read_bytes()
    assert "dbt/seeds of the checkout is as it was" in start("--yes").output
    assert [path.read_bytes() for path in sorted((PROJECT_ROOT / "dbt" / "seeds").glob("*.csv"))] == seeds
    assert (PROJECT_ROOT / ".gitignore").read_bytes() == gitignore


def test_the_catalogue_loses_what_the_demonstration_said_and_nothing_else(tmp_path: Path) -> None:
    columns = ("indicator_id", "title_fr", *OWN_COLUMNS, "version")
    rows = [["a", "Part, « p »", "22", "2025-03-31", "65", "2026-12-31", "1"], ["b", 'Un "b"', "", "", "", "", "2"]]
    with (tmp_path / "indicators.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
    (tmp_path / "notes.csv").write_text("indicator_id,note_en\na,Our story\n", encoding="utf-8")
    empty_seeds(tmp_path)
    text = (tmp_path / "indicators.csv").read_text(encoding="utf-8")
    assert list(csv.reader(text.splitlines()))[1:] == [
        ["a", "Part, « p »", "", "", "", "", "1"],
        ["b", 'Un "b"', "", "", "", "", "2"],
    ]
    assert (tmp_path / "notes.csv").read_text(encoding="utf-8") == "indicator_id,note_en\n"


def test_git_then_admits_no_partner_of_any_name(tmp_path: Path, settings: Settings) -> None:
    gitignore = tmp_path / ".gitignore"
    lines = ["/data/*", "!/data/raw/", "# the drop folder holds the demonstration partners, by name", "/data/raw/*"]
    gitignore.write_text("\n".join([*lines, "!/data/raw/health_centre/", "/dbt/target/"]) + "\n", encoding="utf-8")
    forbid_demonstration_files(gitignore)
    assert gitignore.read_text(encoding="utf-8").split() == ["/data/*", "!/data/raw/", "/data/raw/*", "/dbt/target/"]
    file = "data/raw/health_centre/contacts_2026-03.csv"
    assert foreign_files([file], admitted_partners(settings.expectations / "initiative.yml")) == []
    start("--yes")
    assert foreign_files([file], admitted_partners(settings.expectations / "initiative.yml")) == [file]
    assert "health_centre" in DEMONSTRATION_PARTNERS


def test_names_become_ids() -> None:
    assert slug("Vallée-de-la-Rivière (Est)") == "vallee_de_la_riviere_est"
    assert slug("3 Lakes") == "id_3_lakes"
    assert ZoneAnswer.parse("Lakes").name == {"en": "Lakes", "fr": "Lakes"}
    with pytest.raises(UnclearAnswerError):
        YearAnswer.parse("Fiscal|Exercice|13")
