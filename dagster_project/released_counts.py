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
from dagster_project.whole_files import write_whole, written_whole


def keep_preview(settings: Settings, build_id: str, counts: pa.Table) -> None:
    """Keep the counts of a preview, in case it is released; those of earlier ones go."""
    kept = _preview_counts(settings, build_id)
    with written_whole(kept) as temporary:
        parquet.write_table(counts, temporary, compression="zstd")
    for path in settings.state.glob(_preview_counts(settings, "*").name):
        if path != kept:
            path.unlink()


def has_preview(settings: Settings, build_id: str) -> bool:
    """Whether the counts of a preview are there, without which it cannot be released."""
    return _preview_counts(settings, build_id).exists()


def keep_release(settings: Settings, release: str, build_id: str, folder: Path) -> None:
    """Keep the preview's counts as those of a release, with the hash of what lies in its folder.

    Once this is done the release is decided: a command that ends before `folder` stands in its place is completed by
    the next one.
    """
    counts = _preview_counts(settings, build_id).read_bytes()
    write_whole(settings.released_counts / f"{release}.parquet", counts)
    write_whole(settings.released_counts / f"{release}.json", json.dumps(_hashes(folder), indent=0).encode())


def decided_releases(settings: Settings) -> list[str]:
    """The names of all releases, also of one that does not stand in its place yet."""
    return sorted(path.stem for path in settings.released_counts.glob("*.json"))


def earlier_counts(settings: Settings) -> list[pa.Table]:
    """The counts of every release, the newest first. Raises `PublicationError` where one is not what it was."""
    kept = set(decided_releases(settings))
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


def _preview_counts(settings: Settings, build_id: str) -> Path:
    return settings.state / f"preview_counts-{build_id}.parquet"


def _changed(release: str, what: str) -> PublicationError:
    return PublicationError(
        f"Release {release}: {what}. No publication can be proven safe together with it: bring it back from a backup."
    )


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
