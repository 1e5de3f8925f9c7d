"""What leaves the house: whole folders switched in one step, described, with what changed since the last release."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from dagster_project import public_tables
from dagster_project.changes import latest_release
from dagster_project.disclosure.rules import PublicationError
from dagster_project.publication import (
    current_publication,
    decide_release,
    prepare_release,
    publish_preview,
    write_tables,
)
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.whole_files import point_to
from tests.conftest import make_settings

CODE = "0.1.0+abc"
# Indicator, interval, agency, value: a small warehouse's cells.
Cell = tuple[str, str, str | None, int | None]
PROOF: dict[str, object] = {"open_to_the_public": 0}
CELLS: list[Cell] = [
    ("families_served_count", "2026-01-01", None, 40),
    ("families_served_count", "2026-01-01", "clinic", 5),
    ("families_served_count", "2026-02-01", None, 30),
    ("agencies_count", "2026-01-01", None, 2),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def fill_warehouse(
    settings: Settings,
    cells: list[Cell],
    as_of: str = "2026-03-31",
    spread: int | None = None,
    kind: str = "month",
    linkage_events: int = 0,
    submission: str = "abcdef0123456789",
    received: int = 1,
) -> None:
    """The marts that publication reads, with a row or two each; `spread` is how far the band reaches to each side."""
    reach = "null" if spread is None else str(spread)
    settings.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema marts; create schema seeds")
        connection.execute("create table cells (indicator_id varchar, start date, agency_id varchar, value double)")
        for cell in cells:
            connection.execute("insert into cells values (?, ?, ?, ?)", cell)
        connection.execute(f"""
            create table marts.fct_indicator_values as
            select indicator_id, '{kind}' as interval_kind, start as interval_start, last_day(start) as interval_end,
              agency_id, null::varchar as program_id, null::varchar as zone_id, null::varchar as breakdown_kind,
              null::varchar as breakdown_code, value as numerator, null::double as denominator, value,
              (value - {reach})::double as value_low, (value + {reach})::double as value_high,
              null::double as bound_low, null::double as bound_high,
              2 as submissions_expected, {received} as submissions_received,
              case when value is null then 'not_received' end as missing_reason, 'final' as status,
              case when indicator_id like 'families%' then value end::integer as families_behind, true as is_published
            from cells;
            create table marts.dim_indicators as
            select * from (values
              ('families_served_count', 'people', 'persons'), ('agencies_count', 'organisations', 'submissions')
            ) as t (indicator_id, disclosure_class, datasets),
            (select 'count' as measure_kind, 'v1' as definition_version, '' as parameters, '' as slices,
              true as has_total, false as has_zone_breakdowns, '' as key_datasets, '' as key_columns,
              'numerator' as people_in, false as shows_none_and_all, null::integer as headline_order);
            create table marts.fct_submission_extracts as
            select '{submission}' as submission_id, 'clinic' as agency_id, 'persons' as dataset,
              'accepted' as state, 'month' as delivers, date '2026-01-01' as period_start,
              date '2026-01-31' as period_end;
            create table marts.fct_submissions as
            select 'clinic' as agency_id, 'persons' as dataset, date '2026-01-01' as period_start,
              date '2026-01-31' as period_end, date '2026-02-03' as received_date, true as is_expected,
              unnest(['accepted', 'superseded']) as state, 40 as rows_in, 37 as rows_accepted, 3 as rows_quarantined;
            create table marts.fct_data_quality as
            select 'clinic' as agency_id, 'persons' as dataset, date '2026-01-01' as period_start,
              'required' as rule_id, 'quarantine' as severity, 3 as findings_count;
            create table marts.dim_rules as select 'required' as rule_id, 'A' as rule_label_en, 'B' as rule_label_fr;
            create table marts.dim_dates as select 1 as kind_order, date '2026-01-01' as interval_start;
            create table marts.dim_agencies as
            select * from (values ('clinic', 'Clinic', 'health', true), ('school', 'School', 'education', true),
              ('lodge', 'Lodge', 'health', false)) as t (agency_id, name_en, sector, is_public);
            create table marts.dim_programs as
            select 'home_help' as program_id, 'clinic' as agency_id, 'Home' as name_en, 'Aide' as name_fr;
            create table marts.dim_zones as select 'town' as zone_id, 1 as zone_order;
            create table marts.dim_labels as select 'zone' as kind, 1 as sort_order;
            create table marts.dim_build as
            select date '{as_of}' as as_of, 'Initiative' as initiative_name_en, 'Initiative' as initiative_name_fr,
              'a@b.example' as contact, {linkage_events} as linkage_events_count;
            create table marts.dim_partners_named as
            select 'clinic' as partner_id, 'Clinic' as partner_name, 'health' as sector_code;
            create table marts.fct_indicator_signals as
            select 'families_served_count' as indicator_id, 'clinic' as agency_id, null::varchar as zone_id,
              5.0 as center;
            create table marts.fct_referral_flows as
            select 'month' as interval_kind, date '2026-01-01' as interval_start, 'police' as sender_sector,
              date '2026-01-31' as interval_end, 'health' as receiver_sector, 3 as referrals_count;
            create table seeds.notes as
            select 'families_served_count' as indicator_id, 'month' as interval_kind,
              date '2026-01-01' as interval_start, 'Note' as note_en, 'Note' as note_fr;
            create table seeds.integration_stages as
            select 1 as dimension_order, 'teams' as dimension_code, 1 as stage_order;
            create table seeds.parameters as select 'referral_days' as parameter_id, 60 as value;
            create table seeds.disclosure_rules as
            from read_csv('{PROJECT_ROOT}/dbt/seeds/disclosure_rules.csv');
            create table seeds.publication_detail as
            from read_csv('{PROJECT_ROOT}/dbt/seeds/publication_detail.csv');
        """)


def table(settings: Settings, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(settings.published / f"{name}.parquet").to_pylist()
    return rows


def release(settings: Settings, day: str = "2026-04-01", because: str = "First quarter.") -> Path:
    """What `dorsale release` does, without a site."""
    aside, target = prepare_release(settings, because, date.fromisoformat(day))
    decide_release(settings, aside, target)
    return target


def test_a_preview_shows_what_may_be_shown_and_counts_the_rest(settings: Settings) -> None:
    fill_warehouse(settings, CELLS)
    tally = publish_preview(settings, CODE)
    assert (tally.is_new, tally.indicators, tally.cells, tally.cells_hidden) == (True, 2, 4, 1)
    shown = {(row["agency_id"], row["indicator_id"]): row["value"] for row in table(settings, "indicator_values")}
    assert shown["clinic", "families_served_count"] is None
    assert shown[None, "agencies_count"] == 2
    [publication] = table(settings, "publication")
    assert (publication["kind"], publication["build_id"]) == ("preview", tally.build_id)
    assert [row["rows_accepted"] for row in table(settings, "submissions")] == [None]
    assert [row["findings_count"] for row in table(settings, "data_quality")] == [None]


def test_each_cell_has_the_receipt_of_its_files(settings: Settings) -> None:
    fill_warehouse(settings, CELLS)
    publish_preview(settings, CODE)
    receipts = {row["receipt_id"]: row for row in table(settings, "receipts")}
    cells = table(settings, "indicator_values")
    assert len(cells) == len(CELLS)
    of_month = {
        (row["indicator_id"], str(row["interval_start"]), row["agency_id"]): receipts[row["receipt_id"]]
        for row in cells
    }
    hashes = {place: receipt["submission_hashes"] for place, receipt in of_month.items()}
    assert hashes == {
        ("families_served_count", "2026-01-01", None): "abcdef012345",
        ("families_served_count", "2026-01-01", "clinic"): "abcdef012345",
        ("families_served_count", "2026-02-01", None): "",
        ("agencies_count", "2026-01-01", None): "abcdef012345",
    }
    assert {(row["code_version"], row["build_id"]) for row in receipts.values()} == {
        (CODE, current_publication(settings)["build_id"])  # type: ignore[index]
    }


def test_the_same_content_is_published_once(settings: Settings) -> None:
    fill_warehouse(settings, CELLS)
    first = publish_preview(settings, CODE)
    before = {path: path.stat().st_mtime_ns for path in settings.published.resolve().iterdir()}
    fill_warehouse(settings, CELLS[::-1])
    again = publish_preview(settings, CODE)
    assert (again.is_new, again.build_id) == (False, first.build_id)
    assert {path: path.stat().st_mtime_ns for path in settings.published.resolve().iterdir()} == before
    fill_warehouse(settings, [*CELLS[:-1], ("agencies_count", "2026-01-01", None, 3)])
    assert publish_preview(settings, CODE).build_id != first.build_id


def test_a_change_below_the_threshold_of_disclosure_does_not_show(settings: Settings) -> None:
    """Else a new build id would tell that somebody came or went."""
    fill_warehouse(settings, CELLS)
    first = publish_preview(settings, CODE)
    fill_warehouse(settings, [("families_served_count", "2026-01-01", "clinic", 6), CELLS[0], *CELLS[2:]])
    assert not publish_preview(settings, CODE).is_new
    assert publish_preview(settings, CODE).build_id == first.build_id


def test_old_previews_are_forgotten_but_for_the_one_before(settings: Settings) -> None:
    for value in (20, 30, 40, 50):
        fill_warehouse(settings, [("families_served_count", "2026-01-01", None, value)])
        publish_preview(settings, CODE)
        assert table(settings, "indicator_values")[0]["value"] == value
    assert len(list(settings.publications.iterdir())) == 2


def changes(settings: Settings) -> list[tuple[Any, ...]]:
    columns = ("release_date", "indicator_id", "cells_new", "cells_changed", "cells_removed", "because")
    return [
        tuple(None if row[name] is None else str(row[name]) for name in columns) for row in table(settings, "changes")
    ]


def test_changes_are_counted_since_the_last_release(settings: Settings) -> None:
    fill_warehouse(settings, CELLS)
    publish_preview(settings, CODE)
    assert changes(settings) == [], "before the first release there is nothing to compare with"
    release(settings)
    released = [
        ("2026-04-01", "agencies_count", "1", "0", "0", "First quarter."),
        ("2026-04-01", "families_served_count", "3", "0", "0", "First quarter."),
    ]
    assert changes(settings) == released
    fill_warehouse(settings, CELLS)
    publish_preview(settings, CODE)
    assert changes(settings) == released, "nothing changed since"
    corrected: list[Cell] = [
        ("families_served_count", "2026-01-01", None, 41),
        ("families_served_count", "2026-01-01", "clinic", 12),
        ("families_served_count", "2026-03-01", None, 25),
        CELLS[3],
    ]
    fill_warehouse(settings, corrected)
    publish_preview(settings, CODE)
    assert changes(settings) == [*released, (None, "families_served_count", "1", "2", "1", None)]


def test_a_band_is_published_beside_its_value(settings: Settings) -> None:
    fill_warehouse(settings, CELLS, spread=3, kind="calendar_year")
    publish_preview(settings, CODE)
    bands = {
        (row["indicator_id"], str(row["interval_start"]), row["agency_id"]): (row["value_low"], row["value_high"])
        for row in table(settings, "indicator_values")
    }
    assert bands["families_served_count", "2026-01-01", None] == (37, 43)
    assert bands["families_served_count", "2026-01-01", "clinic"] == (None, None), "hidden with its cell"
    [publication] = table(settings, "publication")
    names = ("families_count_low", "families_count", "families_count_high")
    assert [publication[name] for name in names] == [27, 30, 33], "of the latest reporting year"
    package = json.loads((settings.published / "datapackage.json").read_text(encoding="utf-8"))
    [values] = [resource for resource in package["resources"] if resource["name"] == "indicator-values"]
    described = {field["name"]: field.get("description", "") for field in values["schema"]["fields"]}
    assert "leniently" in described["value_low"]
    assert "strictly" in described["value_high"]


def test_a_band_that_changes_is_a_change(settings: Settings) -> None:
    fill_warehouse(settings, CELLS, spread=3)
    publish_preview(settings, CODE)
    release(settings)
    fill_warehouse(settings, CELLS, spread=4)
    publish_preview(settings, CODE)
    assert [row[1:5] for row in changes(settings) if row[0] is None] == [
        ("agencies_count", "0", "1", "0"),
        ("families_served_count", "0", "2", "0"),
    ]


def test_a_release_is_a_frozen_copy_with_its_day_and_reason(settings: Settings) -> None:
    fill_warehouse(settings, CELLS)
    publish_preview(settings, CODE)
    previewed = table(settings, "indicator_values")
    target = release(settings, because="Because « l'été ».")
    assert settings.published.resolve() == target
    assert target.name == "2026-04-01"
    assert table(settings, "indicator_values") == previewed
    [publication] = table(settings, "publication")
    assert publication["kind"] == "release"
    assert (publication["published_date"], publication["as_of"]) == (date(2026, 4, 1), date(2026, 3, 31))
    assert publication["because"] == "Because « l'été »."
    package = json.loads((target / "datapackage.json").read_text(encoding="utf-8"))
    assert package["version"] == "2026-04-01-release"
    fill_warehouse(settings, [])
    publish_preview(settings, CODE)
    assert table(settings, "indicator_values") == []
    assert parquet.read_table(target / "indicator_values.parquet").num_rows == len(previewed), "frozen"


def test_several_releases_of_a_day_are_told_apart_and_in_order(settings: Settings) -> None:
    fill_warehouse(settings, CELLS)
    publish_preview(settings, CODE)
    names = [release(settings).name for _ in range(3)]
    assert names == ["2026-04-01", "2026-04-01-2", "2026-04-01-3"]
    for name in ("2026-04-01-10", "2026-04-01-9", "2026-03-31"):
        shutil.copytree(settings.releases / "2026-04-01", settings.releases / name)
    latest = latest_release(settings)
    assert latest is not None
    assert latest.name == "2026-04-01-10"


def test_there_is_nothing_to_release_before_the_first_preview(settings: Settings) -> None:
    with pytest.raises(FileNotFoundError, match="make build"):
        prepare_release(settings, "too early", date(2026, 4, 1))
    assert current_publication(settings) is None
    assert latest_release(settings) is None


def folder(path: Path, name: str) -> Path:
    made = path / name
    made.mkdir()
    (made / "index.html").write_text(name, encoding="utf-8")
    return made


def test_a_link_is_switched_and_never_gone(tmp_path: Path) -> None:
    link = tmp_path / "a" / "site"
    old, new = folder(tmp_path, "old"), folder(tmp_path, "new")
    point_to(link, old)
    assert (link / "index.html").read_text(encoding="utf-8") == "old"
    point_to(link, new)
    assert (link / "index.html").read_text(encoding="utf-8") == "new"
    assert not link.readlink().is_absolute(), "the data root may be moved as a whole"
    assert [path.name for path in link.parent.iterdir()] == ["site"]
    shutil.rmtree(new)
    point_to(link, old)
    assert (link / "index.html").read_text(encoding="utf-8") == "old", "a link that leads nowhere is replaced"


def test_a_real_folder_in_the_links_place_is_moved_aside(tmp_path: Path) -> None:
    there, new = folder(tmp_path, "site"), folder(tmp_path, "new")
    point_to(there, new)
    assert (there / "index.html").read_text(encoding="utf-8") == "new"
    [aside] = tmp_path.glob("site.replaced-*")
    assert (aside / "index.html").read_text(encoding="utf-8") == "site", "somebody's files are not thrown away"
    again = folder(tmp_path, "other")
    there.unlink()
    again.rename(there)
    point_to(there, new)
    assert (there / "index.html").read_text(encoding="utf-8") == "new"


TABLES = {
    "publication": pa.table(
        {
            "kind": ["preview"],
            "published_date": pa.array([date(2026, 3, 31)]),
            "build_id": ["abc"],
            "initiative_name_en": ["Initiative"],
        }
    ),
    "zones": pa.table(
        {
            "zone_id": ["town", "coast"],
            "name_fr": ['Côte, « nord "', None],
            "zone_order": pa.array([1, 2], pa.int32()),
            "share": [0.5, None],
            "is_urban": [True, None],
            "since": pa.array([date(2026, 1, 1), None]),
        }
    ),
}


def test_the_data_package_describes_the_files_as_they_are(tmp_path: Path) -> None:
    target = tmp_path / "published"
    write_tables(TABLES, target, PROOF)
    package = json.loads((target / "datapackage.json").read_text(encoding="utf-8"))
    assert package["profile"] == "tabular-data-package"
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert sorted(resources) == ["publication", "zones"]
    zones = resources["zones"]
    content = (target / zones["path"]).read_bytes()
    assert zones["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
    assert zones["bytes"] == len(content)
    assert zones["description"].endswith("One row per zone.")
    assert {field["name"]: field["type"] for field in zones["schema"]["fields"]} == {
        "zone_id": "string",
        "name_fr": "string",
        "zone_order": "integer",
        "share": "number",
        "is_urban": "boolean",
        "since": "date",
    }
    with (target / "zones.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {
        "zone_id": "town",
        "name_fr": 'Côte, « nord "',
        "zone_order": "1",
        "share": "0.5",
        "is_urban": "true",
        "since": "2026-01-01",
    }
    assert set(rows[1].values()) == {"coast", "2", ""}
    assert parquet.read_table(target / "zones.parquet").equals(TABLES["zones"])


def test_a_folder_of_tables_is_replaced_whole(tmp_path: Path) -> None:
    """A table that is published no more is gone; a fault on the way leaves the old folder as it was."""
    target = tmp_path / "published"
    write_tables(TABLES, target, PROOF)
    with pytest.raises(KeyError):
        write_tables({**TABLES, "table_without_description": TABLES["zones"]}, target, PROOF)
    assert sorted(path.name for path in target.glob("*.csv")) == ["publication.csv", "zones.csv"]
    write_tables({"publication": TABLES["publication"]}, target, PROOF)
    assert sorted(path.name for path in target.glob("*.csv")) == ["publication.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["published"]


FINAL: list[Cell] = [("families_served_count", "2026-01-01", "clinic", 40), ("agencies_count", "2026-01-01", None, 2)]


@pytest.mark.parametrize(
    ("changed", "warehouse", "reason"),
    [
        pytest.param(44, {"received": 2, "submission": "b" * 16}, "late_file", id="one more submission"),
        pytest.param(44, {"submission": "b" * 16}, "resubmission", id="another file for the same period"),
        pytest.param(44, {"linkage_events": 3}, "linkage", id="persons merged"),
        pytest.param(44, {}, "new_calculation", id="nothing but the code"),
        pytest.param(5, {}, "new_calculation", id="hidden from now on"),
    ],
)
def test_a_final_figure_that_changes_is_restated_with_its_reason(
    settings: Settings, changed: int, warehouse: dict[str, Any], reason: str
) -> None:
    fill_warehouse(settings, FINAL)
    publish_preview(settings, CODE)
    release(settings)
    assert table(settings, "restatements") == []
    fill_warehouse(settings, [("families_served_count", "2026-01-01", "clinic", changed), FINAL[1]], **warehouse)
    publish_preview(settings, CODE)
    [restated] = table(settings, "restatements")
    assert (restated["indicator_id"], restated["agency_id"], restated["cells_count"]) == (FINAL[0][0], "clinic", 1)
    assert (restated["reason"], restated["release_date"]) == (reason, None)
    release(settings, "2026-05-01", "Restated.")
    [restated] = table(settings, "restatements")
    assert restated["release_date"] == date(2026, 5, 1)


def test_an_agency_that_may_not_be_named_is_in_no_public_table(settings: Settings) -> None:
    fill_warehouse(settings, [*CELLS, ("families_served_count", "2026-01-01", "lodge", 30)])
    publish_preview(settings, CODE)
    for path in settings.published.glob("*.csv"):
        assert "lodge" not in path.read_text(encoding="utf-8").casefold(), path.name


def test_limits_and_flows_of_a_few_people_are_not_published(settings: Settings) -> None:
    """The clinic's count of January is hidden, so its limits would tell of it."""
    fill_warehouse(settings, CELLS)
    publish_preview(settings, CODE)
    assert table(settings, "signals") == []
    [flow] = table(settings, "referral_flows")
    assert (flow["referrals_count"], flow["suppression"]) == (None, "hidden")


def test_what_disclosure_needs_to_know_is_not_published(settings: Settings) -> None:
    fill_warehouse(settings, CELLS)
    publish_preview(settings, CODE)
    columns = {name for path in settings.published.glob("*.parquet") for name in parquet.read_schema(path).names}
    assert columns.isdisjoint({"families_behind", "row_id", "is_of_few", "band_suppression", "in_suppression"})
    [proof] = table(settings, "disclosure_proof")
    assert (proof["open_to_the_public"], proof["open_to_an_agency"]) == (0, 0)


@pytest.mark.parametrize("harm", ["altered", "missing", "counts gone"])
def test_a_release_that_is_not_what_it_was_stops_the_next_publication(settings: Settings, harm: str) -> None:
    """Nobody can say then what the two tell together; what is published stays."""
    fill_warehouse(settings, CELLS)
    publish_preview(settings, CODE)
    target = release(settings)
    before = current_publication(settings)
    if harm == "altered":
        (target / "zones.csv").write_bytes((target / "zones.csv").read_bytes() + b"lake,2\n")
    elif harm == "missing":
        kept = target.rename(target.parent.parent / "elsewhere")
        point_to(settings.published, kept)
    else:
        for path in settings.released_counts.glob("*.parquet"):
            path.unlink()
    fill_warehouse(settings, [*CELLS, ("families_served_count", "2026-03-01", None, 50)])
    with pytest.raises(PublicationError, match=r"Release 2026-04-01: .*backup"):
        publish_preview(settings, CODE)
    assert current_publication(settings) == before


def test_a_number_that_was_released_is_not_hidden_in_vain(settings: Settings) -> None:
    """The clinic's five are the total less the school's; the total was released, so the school's cannot be shown."""
    school = ("families_served_count", "2026-01-01", "school", 35)
    fill_warehouse(settings, CELLS)
    publish_preview(settings, CODE)
    release(settings)
    fill_warehouse(settings, [*CELLS, school])
    publish_preview(settings, CODE)
    shown = {
        row["agency_id"]: row["value"]
        for row in table(settings, "indicator_values")
        if row["indicator_id"] == "families_served_count" and str(row["interval_start"]) == "2026-01-01"
    }
    assert shown == {None: 40, "clinic": None, "school": None}


def test_a_table_of_which_nobody_said_what_it_holds_is_not_published(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_warehouse(settings, CELLS)
    monkeypatch.setitem(public_tables._PLAIN_QUERIES, "households", "select 3 as members")
    with pytest.raises(PublicationError, match="households"):
        publish_preview(settings, CODE)
