"""What every asset needs: the settings, the expectations and the day the build is of.

Belongs here: loading them once per process. Stays out: assets.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from functools import lru_cache

from dagster_project.contracts import Expectations, load_expectations
from dagster_project.settings import Settings

SETTINGS = Settings.from_environment()


@lru_cache
def expectations() -> Expectations:
    """The expectations, loaded once; a build that must see new ones is a new process."""
    return load_expectations(SETTINGS.expectations)


def as_of() -> date:
    """The day this build is of: `AS_OF`, else the initiative's own, else today."""
    return build_day(expectations())


def today() -> date:
    """The day on which something is done, whatever day the build is of."""
    return datetime.now(UTC).date()


def build_day(expected: Expectations) -> date:
    given = os.environ.get("AS_OF")
    if given:
        return date.fromisoformat(given)
    return expected.initiative.as_of or datetime.now(UTC).date()
