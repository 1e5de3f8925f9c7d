"""Rooms: the folders of `data/` that are not public, made for their owner alone, and where work on names is done.

Belongs here: who may enter a folder that Dorsale makes. Stays out: where the folders are (settings), what lies in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagster_project.settings import PRIVATE_ROOMS, ROOMS_WITHOUT_NAMES, Settings
from dagster_project.whole_files import quoted

if TYPE_CHECKING:
    import duckdb


def make_rooms(settings: Settings) -> None:
    """Make the rooms that are missing; one that is there keeps the permissions that its owner gave it."""
    settings.data.mkdir(parents=True, exist_ok=True)
    for name in (*PRIVATE_ROOMS, *ROOMS_WITHOUT_NAMES):
        (settings.data / name).mkdir(mode=0o700, exist_ok=True)


def open_room(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A database in memory for work on names: what does not fit into four gigabytes spills into the vault, and no bar
    is drawn.

    By itself DuckDB would spill names wherever the command was started.
    """
    import duckdb

    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    connection.execute("set memory_limit = '4GB'")
    connection.execute(f"set temp_directory = {quoted(settings.vault / 'spill')}")
    return connection
