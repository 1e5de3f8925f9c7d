"""What every asset needs: the settings, the expectations, the day the build is of, and a stage to run in.

Belongs here: loading them once per process. Stays out: assets.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache

from dagster_project.contracts import Expectations, load_expectations
from dagster_project.lock import hold
from dagster_project.progress import Step, step
from dagster_project.settings import Settings
from dagster_project.storage import StorageError, storage_problem

SETTINGS = Settings.from_environment(is_build=True)


@contextmanager
def stage(name: str) -> Iterator[Step]:
    """A step of a build: alone on these data, and with clear words for a full or forbidden disk.

    A run that was started in Dagster's UI has no lock yet: its process takes it for all its steps.
    """
    hold(SETTINGS, "build")
    try:
        with step(name) as progress:
            yield progress
    except Exception as error:
        problem = storage_problem(SETTINGS, error)
        if problem is None:
            raise
        # The error's own text names files.
        raise StorageError(problem) from None


@lru_cache
def expectations() -> Expectations:
    """The expectations, loaded once; a build that must see new ones is a new process."""
    return load_expectations(SETTINGS.expectations)


def as_of() -> date:
    """The day this build is of: `AS_OF`, else the initiative's own, else today."""
    return SETTINGS.known_by or expectations().initiative.as_of or datetime.now(UTC).date()


def today() -> date:
    """The day on which something is done, whatever day the build is of."""
    return datetime.now(UTC).date()
