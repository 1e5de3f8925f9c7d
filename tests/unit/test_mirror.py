"""The mirror: all of an agency's own figures, and of anybody else's only what is published."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.settings import Settings
from tests.integration.small_initiative import small_settings

# Of the others, hidden: figures that must not be in anybody's mirror. Numbers that nothing else gives.
CANARIES = (70_001.0, 70_002.0, 70_003.0)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)

# indicator, month, agency, programme, breakdown, its code, value, numerator, denominator, why missing
OWN: list[tuple[Any, ...]] = [
    ("families", MAY, "centre", None, None, None, 12.0, 12.0, None, None),
    ("families", JUNE, "centre", None, None, None, 3.0, 3.0, None, None),
    ("families", JUNE, "centre", "workshops", None, None, 2.0, 2.0, None, None),
    ("families", JUNE, "centre", None, "age_band", "child", 1.0, 1.0, None, None),
    ("families", JUNE, "centre", None, "sector", "police", 0.0, 0.0, None, None),
    ("known", MAY, "centre", None, None, None, None, None, None, "not_received"),
    ("known", JUNE, "centre", None, None, None, 33.3, 1.0, 3.0, None),
    ("benefits", JUNE, "centre", None, None, None, None, None, None, "not_collected"),
    ("families", JUNE, "clinic", None, None, None, CANARIES[0], CANARIES[0], None, None),
    ("families", JUNE, None, None, "age_band", "child", CANARIES[1], CANARIES[1], None, None),
    ("known", JUNE, None, None, None, None, CANARIES[2], 1.0, 3.0, None),
]
# The same, as published: value, why missing, and whether it is shown.
PUBLISHED: list[tuple[Any, ...]] = [
    ("families", MAY, None, None, None, None, 40.0, None, "shown"),
    ("families", JUNE, None, None, None, None, 41.0, None, "shown"),
    ("families", MAY, "centre", None, None, None, 12.0, None, "shown"),
    ("families", JUNE, "centre", None, None, None, None, None, "hidden"),
    ("families", JUNE, "clinic", None, None, None, None, None, "hidden"),
    ("families", JUNE, None, None, "age_band", "child", None, None, "hidden"),
    ("known", JUNE, None, None, None, None, None, None, "hidden"),
    ("known", MAY, None, None, None, None, None, "not_received", "missing"),
]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = small_settings(tmp_path, ("clinic", "en"), ("centre", "fr"), ("shelter", "en"))
    monkeypatch.setenv("DORSALE_DATA", str(made.data))
    monkeypatch.setenv("DORSALE_EXPECTATIONS", str(made.expectations))
    monkeypatch.setenv("DORSALE_SITE", str(made.site))
    monkeypatch.setenv("COLUMNS", "300")
    return made


@pytest.fixture
def built(settings: Settings) -> Settings:
    """A warehouse and what is published of it, in the columns that a build gives them."""
    settings.published.mkdir()
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("""
            create schema marts;
            create table marts.dim_build as select date '2026-07-20' as as_of;
            create table marts.dim_indicators as from (values
              ('families', 'Families served', 'Familles servies', 'families', 'familles', 0, 1),
              ('known', 'Known', 'Connues de deux organismes', 'percent', 'pour cent', 1, null),
              ('benefits', 'Benefits', 'Prestations', 'percent', 'pour cent', 0, null)
            ) as t(indicator_id, title_en, title_fr, unit_en, unit_fr, decimals, headline_order);
            create table marts.dim_programs as
              select 'workshops' as program_id, 'Workshops' as name_en, 'Ateliers' as name_fr;
            create table marts.dim_labels as from (values
              ('breakdown_kind', 'age_band', 'Age', 'Âge', 1), ('age_band', 'child', 'Child', 'Enfant', 2),
              ('breakdown_kind', 'sector', 'Sector', 'Secteur', 3), ('sector', 'police', 'Police', 'Police', 4)
            ) as t(kind, code, label_en, label_fr, sort_order);
            create table marts.fct_indicator_values (indicator_id varchar, interval_start date, agency_id varchar,
              program_id varchar, breakdown_kind varchar, breakdown_code varchar, value double, numerator double,
              denominator double, missing_reason varchar, interval_kind varchar default 'month', zone_id varchar,
              status varchar default 'provisional');
            create table published (indicator_id varchar, interval_start date, agency_id varchar,
              program_id varchar, breakdown_kind varchar, breakdown_code varchar, value double, missing_reason varchar,
              suppression varchar, interval_kind varchar default 'month', zone_id varchar);
            create table intervals as from (values
              ('month', date '2026-05-01', 'May 2026', 'mai 2026', 'Month', 'Mois', 1),
              ('month', date '2026-06-01', 'June 2026', 'juin 2026', 'Month', 'Mois', 1)
            ) as t(interval_kind, interval_start, label_en, label_fr, kind_label_en, kind_label_fr, kind_order);
            create table publication as select 'preview' as kind, date '2026-07-20' as published_date;
        """)
        cells = ", ".join("?" * 10)
        connection.executemany(
            f"insert into marts.fct_indicator_values values ({cells}, default, default, default)", OWN
        )
        connection.executemany(f"insert into published values ({', '.join('?' * 9)}, default, default)", PUBLISHED)
        for table, name in (
            ("published", "indicator_values"),
            ("intervals", "intervals"),
            ("publication", "publication"),
        ):
            connection.execute(f"copy {table} to '{settings.published}/{name}.parquet'")
            connection.execute(f"drop table {table}")
    return settings


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_an_agency_sees_its_own_figures_beside_the_published_ones(built: Settings) -> None:
    result = CliRunner().invoke(app, ["mirror", "centre"])
    assert result.exit_code == 0, result.output
    path = built.feedback / "centre" / "mirror_2026-07-20.xlsx"
    found = sheets(path)
    assert list(found) == ["À lire d'abord", "Mois", "Programmes et ventilations"]
    header, families, known = found["Mois"]
    assert header[2:4] == ["Vous\nmai 2026", "Vous\njuin 2026"]
    assert families[0] == "Familles servies"
    assert families[2:4] == [12.0, 3.0], "three families are shown to the agency that serves them"
    assert families[7:] == [40.0, 41.0, "masqué"], "the region as published; of the agency the public sees nothing"
    assert known[2:6] == ["Non reçu", 33.3, 1.0, 3.0]
    assert known[7:] == ["Non reçu", "masqué", "non affiché"]
    assert len(found["Mois"]) == 3, "what the agency does not collect is no line"
    details = found["Programmes et ventilations"]
    assert [row[3:6] for row in details[1:]] == [["Programme", "Ateliers", 2.0], ["Âge", "Enfant", 1.0]]
    assert [row[8] for row in details[1:]] == ["–", "masqué"]
    assert "Ne pas diffuser" in [row[0] for row in found["À lire d'abord"]]


def test_nothing_hidden_of_others_is_in_a_mirror(built: Settings) -> None:
    CliRunner().invoke(app, ["mirror", "centre"])
    CliRunner().invoke(app, ["mirror", "clinic", "--out", str(built.data / "clinic.xlsx")])
    centre = {
        cell
        for rows in sheets(built.feedback / "centre" / "mirror_2026-07-20.xlsx").values()
        for row in rows
        for cell in row
    }
    assert not set(CANARIES) & centre
    clinic = {cell for rows in sheets(built.data / "clinic.xlsx").values() for row in rows for cell in row}
    assert CANARIES[0] in clinic, "its own"
    assert not {3.0, 2.0, 33.3, *CANARIES[1:]} & clinic


def test_no_zero_stands_for_a_hidden_figure(built: Settings) -> None:
    CliRunner().invoke(app, ["mirror", "centre"])
    found = sheets(built.feedback / "centre" / "mirror_2026-07-20.xlsx")
    assert 0.0 not in [cell for row in found["Mois"] for cell in row]


@pytest.mark.parametrize("agency", ["shelter", "nobody"])
def test_without_figures_there_is_no_mirror(built: Settings, agency: str) -> None:
    result = CliRunner().invoke(app, ["mirror", agency])
    assert result.exit_code == 1
    assert f"'{agency}'" in result.output
    assert not (built.feedback / agency).exists()


def test_before_the_first_build_there_is_no_mirror(settings: Settings) -> None:
    result = CliRunner().invoke(app, ["mirror", "centre"])
    assert result.exit_code == 1
    assert "run make build" in result.output
