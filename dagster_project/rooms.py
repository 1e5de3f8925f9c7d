"""Rooms: the folders of `data/` that are not public, made for their owner alone.

Belongs here: who may enter a folder that Dorsale makes. Stays out: where the folders are (settings), what lies in them.
"""

from __future__ import annotations

from dagster_project.settings import PRIVATE_ROOMS, ROOMS_WITHOUT_NAMES, Settings


def make_rooms(settings: Settings) -> None:
    """Make the rooms that are missing; one that is there keeps the permissions that its owner gave it."""
    settings.data.mkdir(parents=True, exist_ok=True)
    for name in (*PRIVATE_ROOMS, *ROOMS_WITHOUT_NAMES):
        (settings.data / name).mkdir(mode=0o700, exist_ok=True)
