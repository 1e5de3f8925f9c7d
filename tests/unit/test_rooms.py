"""Rooms that are not public are their owner's alone; what was opened to others stays so; work on names stays inside."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dagster_project.rooms import make_rooms, open_room
from dagster_project.settings import PRIVATE_ROOMS, ROOMS_WITHOUT_NAMES, Settings
from tests.conftest import make_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_rooms_are_made_for_their_owner_and_those_that_are_there_left_alone(settings: Settings) -> None:
    # A group drops files there.
    settings.raw.chmod(0o2770)
    make_rooms(settings)
    make_rooms(settings)
    assert mode(settings.raw) == 0o2770
    made = [settings.data / name for name in (*PRIVATE_ROOMS, *ROOMS_WITHOUT_NAMES) if name != "raw"]
    assert {mode(room) for room in made} == {0o700}


def test_what_is_public_is_no_room(settings: Settings) -> None:
    public = {path.name for path in (settings.published, settings.publications, settings.releases, settings.reports)}
    assert not public & {*PRIVATE_ROOMS, *ROOMS_WITHOUT_NAMES}


def test_work_on_names_spills_into_the_vault_and_nowhere_else(settings: Settings) -> None:
    with open_room(settings) as connection:
        row = connection.sql("select current_setting('temp_directory')").fetchone()
    assert row == (str(settings.vault / "spill"),)
