"""Released counts: what each release told, kept so that no later publication tells what two of them tell together.

Belongs here: keeping the counts of a release, hidden ones too, and looking whether a release is still what it was.
Stays out: what is hidden (disclosure). The counts hold no names; they lie in the journal, since nothing can make them
again, and in no published folder.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from dagster_project.disclosure.rules import PublicationError
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole

_PREVIEW = "preview_counts.parquet"


def keep_preview(settings: Settings, counts: pa.Table) -> None:
    """Keep the counts of the preview, in case it is released."""
    settings.state.mkdir(parents=True, exist_ok=True)
    parquet.write_table(counts, settings.state / _PREVIEW, compression="zstd")


def keep_release(settings: Settings, release: str, folder: Path) -> None:
    """Keep the preview's counts as those of a release, with the hash of what lies in its folder."""
    settings.released_counts.mkdir(parents=True, exist_ok=True)
    write_whole(settings.released_counts / f"{release}.parquet", (settings.state / _PREVIEW).read_bytes())
    write_whole(settings.released_counts / f"{release}.json", json.dumps(_hashes(folder), indent=0).encode())


def earlier_counts(settings: Settings) -> list[pa.Table]:
    """The counts of every release, the newest first. Raises `PublicationError` where one is not what it was."""
    kept = {path.stem for path in settings.released_counts.glob("*.json")}
    there = {path.name for path in settings.releases.glob("????-??-??*")}
    for release in sorted(kept | there):
        folder, record = settings.releases / release, settings.released_counts / f"{release}.json"
        if release not in there:
            raise _changed(release, "its folder below data/releases is missing")
        if release not in kept or not record.with_suffix(".parquet").exists():
            raise _changed(release, "its counts below data/journal/released_counts are missing")
        if _hashes(folder) != json.loads(record.read_text()):
            raise _changed(release, "a file of it was altered")
    return [
        parquet.read_table(settings.released_counts / f"{release}.parquet") for release in sorted(kept, reverse=True)
    ]


def _changed(release: str, what: str) -> PublicationError:
    return PublicationError(
        f"Release {release}: {what}. No publication can be proven safe together with it: bring it back from a backup."
    )


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
