"""Every path and setting, from one root.

Belongs here: where things lie and which rooms are private. Stays out: reading or writing anything; nobody else
builds a path.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent

# The private rooms, relative to the data root: only these may hold names or other personal values.
PRIVATE_ROOMS = ("raw", "archive", "vault", "quarantine", "feedback", "stewardship")
# Rooms without names that are not public either.
ROOMS_WITHOUT_NAMES = ("accepted", "reference", "identity", "journal", "state", "dagster", "log")


@dataclass(frozen=True)
class Settings:
    """Where everything lies, and of which past day a build is. Make one with `Settings.from_environment()`."""

    project: Path
    data: Path
    expectations: Path
    site: Path
    # Set (`AS_OF`), a build knows what had come by that day, writes to no person, and adds nothing to the journal.
    known_by: date | None = None

    @classmethod
    def from_environment(cls, is_build: bool = False) -> Settings:
        """Read `DORSALE_DATA`, `DORSALE_EXPECTATIONS` and `DORSALE_SITE`; the defaults lie in the checkout.

        A build also reads `AS_OF`: all other commands are of today. Raises `ValueError` when it is no day.
        """

        def root(variable: str, default: Path) -> Path:
            given = os.environ.get(variable)
            # Not resolved: the site and the published folder are links that a build re-points.
            return Path.cwd() / given if given else default

        return cls(
            project=PROJECT_ROOT,
            data=root("DORSALE_DATA", PROJECT_ROOT / "data"),
            expectations=root("DORSALE_EXPECTATIONS", PROJECT_ROOT / "expectations"),
            site=root("DORSALE_SITE", PROJECT_ROOT / "dashboards" / "build"),
            known_by=date.fromisoformat(os.environ["AS_OF"]) if is_build and os.environ.get("AS_OF") else None,
        )

    @property
    def lock(self) -> Path:
        """Who is at work on the data, or was last; the lock itself is on the folder."""
        return self.data / ".lock"

    # private rooms
    @property
    def raw(self) -> Path:
        return self.data / "raw"

    @property
    def archive(self) -> Path:
        return self.data / "archive"

    @property
    def vault(self) -> Path:
        return self.data / "vault"

    @property
    def extracts(self) -> Path:
        """Mapped rows of each extract, personal columns included."""
        return self.vault / "extracts"

    @property
    def readings(self) -> Path:
        """What was read of each submission: its extracts and findings, so that it is read once."""
        return self.vault / "readings"

    @property
    def linkage(self) -> Path:
        """Pairs of persons that were scored: each once."""
        return self.vault / "linkage"

    @property
    def drop_folder_index(self) -> Path:
        """Sizes and times of the files last seen: saves hashing them again. In the vault, since it holds file names."""
        return self.vault / "drop_folder_index.json"

    @property
    def vault_persons(self) -> Path:
        """The personal columns of accepted persons: what linkage works on."""
        return self.vault / "persons.parquet"

    @property
    def quarantine(self) -> Path:
        return self.data / "quarantine"

    @property
    def feedback(self) -> Path:
        return self.data / "feedback"

    @property
    def stewardship(self) -> Path:
        return self.data / "stewardship"

    @property
    def review_workbook(self) -> Path:
        """In which the steward decides on pairs of persons."""
        return self.stewardship / "review.xlsx"

    # rooms without names
    @property
    def journal(self) -> Path:
        return self.data / "journal"

    @property
    def steward_decisions(self) -> Path:
        """What the steward decided of pairs of persons."""
        return self.journal / "steward_decisions"

    @property
    def accepted_pauses(self) -> Path:
        """Which submissions that waited for a person may count, and why."""
        return self.journal / "accepted_pauses"

    @property
    def tombstones(self) -> Path:
        """What was removed on request: no build brings it back."""
        return self.journal / "tombstones"

    @property
    def released_counts(self) -> Path:
        """What each release told and hid, so that later ones can be proven safe together with it."""
        return self.journal / "released_counts"

    @property
    def build_receipts(self) -> Path:
        """What each build was made of, with a hash of each table."""
        return self.journal / "builds"

    @property
    def kept_list(self) -> Path:
        """A hash of each file of archive and journal, as of the last build or removal."""
        return self.journal / "kept.json"

    @property
    def reference(self) -> Path:
        """Agencies, programmes, zones, codes and expected submissions, as tables for dbt."""
        return self.data / "reference"

    @property
    def accepted(self) -> Path:
        return self.data / "accepted"

    @property
    def identity(self) -> Path:
        return self.data / "identity"

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.data / "published"

    @property
    def publications(self) -> Path:
        """The versions between which `published` is switched."""
        return self.data / "publications"

    @property
    def releases(self) -> Path:
        return self.data / "releases"

    @property
    def privacy(self) -> Path:
        """The privacy officer's inventory: of contracts and agreements, without a row."""
        return self.data / "privacy"

    @property
    def reports(self) -> Path:
        """Funders' forms, filled from what is published alone."""
        return self.data / "reports"

    @property
    def released_sites(self) -> Path:
        """The site of each release as it was, kept so that its addresses last."""
        return self.data / "released_sites"

    @property
    def state(self) -> Path:
        """What the last build was made of; without it the next build is a full one."""
        return self.data / "state"

    @property
    def log(self) -> Path:
        """What ran, who ran it and what it counted; no value of a row and no name of a file."""
        return self.data / "log"

    @property
    def last_build(self) -> Path:
        """What the last build that ended well was made of, and what it left."""
        return self.state / "build.json"

    @property
    def warehouse_of_today(self) -> Path:
        """While the warehouse is of a past day: the one of today, to tell what has changed since."""
        return self.state / "warehouse_of_today.duckdb"

    @property
    def hiding(self) -> Path:
        """Which cells are hidden: found once for the same counts."""
        return self.state / "hiding.json"

    @property
    def review_asked(self) -> Path:
        """The hash of the review workbook as a build wrote it."""
        return self.state / "review_asked.txt"

    @property
    def dagster_home(self) -> Path:
        return self.data / "dagster"

    # expectations
    @property
    def funders(self) -> Path:
        """Maps of funders' forms."""
        return self.expectations / "funders"

    # code
    @property
    def dbt(self) -> Path:
        return self.project / "dbt"

    @property
    def dbt_target(self) -> Path:
        """dbt's parse cache: shared by builds of the default data, apart for other roots."""
        return self.dbt / "target" if self.data == self.project / "data" else self.data / "dbt_target"

    @property
    def dashboards(self) -> Path:
        return self.project / "dashboards"
