"""The numbers of who is gone become tokens in the journal, and everybody else's ids stay what they would have been."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.identity.decisions import undo
from dagster_project.removal.journals import Veil, veil_journals
from dagster_project.tombstones import keyed
from tests.conftest import make_settings
from tests.integration.test_privacy import texts_inside
from tests.unit.linkage_rows import Linked, expectations_for_tests, person

KEY = b"key"
EXPECTATIONS = expectations_for_tests()
FIRST = person("adoption", "QX77", "Zoé Lavallée")
SECOND = person("clinic", "2", "Zoé Lavallée", month=2)
THIRD = person("school", "3", "Zoé Lavallée", month=3)
OTHERS = [person(agency, str(number), month=2) for agency in ("clinic", "shelter") for number in range(10, 20)]


def texts_of(folder: Path) -> str:
    return "".join(text for path in sorted(folder.rglob("*.parquet")) for text in texts_inside(path))


def test_who_founded_an_id_may_go_and_whoever_bears_it_keeps_it(tmp_path: Path) -> None:
    """Two who were merged, split by the steward and joined again, of whom the first known goes."""
    settings = make_settings(tmp_path)
    Linked(settings, EXPECTATIONS, [FIRST, SECOND, *OTHERS[:5]])
    merged = Linked(settings, EXPECTATIONS, [FIRST, SECOND, THIRD, *OTHERS], as_of=date(2021, 7, 1))
    assert merged.group(("adoption", "QX77")) == {("adoption", "QX77"), ("clinic", "2"), ("school", "3")}
    other = replace(settings, data=tmp_path / "other")
    shutil.copytree(settings.data, other.data)

    veil_journals(settings, Veil(KEY, {keyed(KEY, "adoption|QX77")}))
    assert "QX77" in texts_of(other.journal)
    assert "QX77" not in texts_of(settings.journal)

    newcomer = person("shelter", "new", month=4)
    rows = [SECOND, THIRD, *OTHERS, newcomer]
    veiled = Linked(settings, EXPECTATIONS, rows, as_of=date(2021, 8, 1))
    assert {one: veiled.shared[one] for one in merged.shared if one[1] != "QX77"} == {
        one: shared for one, shared in merged.shared.items() if one[1] != "QX77"
    }
    # As if the person had only not been told of any more, for newcomers and numbers too.
    assert veiled.shared == Linked(other, EXPECTATIONS, rows, as_of=date(2021, 8, 1)).shared
    numbers = "person_number"
    assert veiled.journal("person_numbers", numbers) == Linked(other, EXPECTATIONS, rows).journal(
        "person_numbers", numbers
    )


def test_rewriting_again_changes_nothing_and_an_id_of_nobody_else_goes_too(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    linked = Linked(settings, EXPECTATIONS, [FIRST, *OTHERS])
    shared = linked.shared["adoption", "QX77"]
    veil = Veil(KEY, {keyed(KEY, "adoption|QX77"), keyed(KEY, shared)})
    veil_journals(settings, veil)
    text = texts_of(settings.journal)
    assert "QX77" not in text
    assert shared not in text
    before = {path: path.read_bytes() for path in settings.journal.rglob("*.parquet")}
    veil_journals(settings, veil)
    assert {path: path.read_bytes() for path in settings.journal.rglob("*.parquet")} == before


def test_a_merge_can_still_be_undone_among_those_who_stay(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    # Without a birth date they are two persons; with it, one.
    Linked(settings, EXPECTATIONS, [FIRST, {**SECOND, "birth_date": date(1933, 1, 9)}, THIRD])
    Linked(settings, EXPECTATIONS, [FIRST, SECOND, THIRD], as_of=date(2021, 7, 1))
    veil_journals(settings, Veil(KEY, {keyed(KEY, "adoption|QX77")}))
    with duckdb.connect() as connection:
        events = duckdb.sql(f"from '{settings.journal / 'person_ids_ledger' / '*.parquet'}' select event_id").fetchall()
        assert undo(connection, settings, events[0][0], "they are two", date(2021, 7, 2)) > 0
    split = Linked(settings, EXPECTATIONS, [SECOND, THIRD], as_of=date(2021, 7, 3))
    assert split.shared["clinic", "2"] != split.shared["school", "3"]
