"""Dagster's history of events, in one SQLite database that stays open while a build writes to it.

Belongs here: how events are stored (named in `dagster.yaml`). Stays out: which events there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event

BUSY_SECONDS = 60


class OpenHistory(ConsolidatedSqliteEventLogStorage):
    """One engine and its connections for all events.

    Dagster's own storage makes both anew for each of a build's thousand events, and waits for the disk each time: more
    than half of a small build.

    With SQLite's write-ahead log, 'normal' waits at checkpoints only: a power cut may cost the last events, and never
    the database.
    """

    @cached_property
    def _engine(self) -> Engine:
        engine = create_engine(self._conn_string, connect_args={"timeout": BUSY_SECONDS})

        @event.listens_for(engine, "connect")
        def connected(connection: Any, _record: object) -> None:
            connection.execute("pragma synchronous = normal")

        return engine

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the database."""
        super().dispose()  # type: ignore[no-untyped-call]
        self._engine.dispose()
