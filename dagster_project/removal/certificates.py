"""Certificates: what was removed, when and why, and where else it may still lie: for whoever asked for it.

Belongs here: counting what is left, and the two files of a certificate in `data/stewardship/certificates`. Stays out:
removing. Places in the drop folder are named in this private room only.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow.parquet as parquet

from dagster_project.intake.drop_folder import look, open_without_links
from dagster_project.removal.words import WORDS
from dagster_project.settings import Settings
from dagster_project.tombstones import Tombstone
from dagster_project.whole_files import write_whole

# As receipts of released figures name a submission.
_LETTERS_IN_RECEIPTS = 12
# Made of rows, and cleared as wholes.
CLEARED = ("vault", "accepted", "quarantine", "identity", "warehouse.duckdb", "feedback", "stewardship")


@dataclass(frozen=True)
class Certificate:
    """`still_in_drop_folder` are places below data/raw, `releases` those whose figures counted it, `not_read` files of
    the same agencies that nobody could read."""

    certificate_id: str
    kind: str
    day: str
    because: str
    removed: dict[str, int]
    submissions: list[str]
    cleared: tuple[str, ...] = CLEARED
    still_in_drop_folder: list[str] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)


def write_certificate(settings: Settings, tombstone: Tombstone) -> Certificate:
    """As JSON, and to be read by a person in both languages; written again it says the same."""
    pending = tombstone.pending or {}
    certificate = Certificate(
        certificate_id=tombstone.tombstone_id[: len(tombstone.kind) + 9],
        kind=tombstone.kind,
        day=tombstone.day,
        because=tombstone.because,
        removed=tombstone.found,
        submissions=tombstone.submissions,
        still_in_drop_folder=_places(settings, set(pending.get("bytes", []))),
        releases=_releases(settings, tombstone.submissions),
        not_read=pending.get("not_read", []),
    )
    path = certificate_path(settings, certificate)
    write_whole(path, json.dumps(asdict(certificate), ensure_ascii=False, indent=1).encode())
    text = "\n\n".join(_told(certificate, language) for language in ("en", "fr"))
    write_whole(path.with_suffix(".md"), text.encode())
    return certificate


def certificate_path(settings: Settings, certificate: Certificate) -> Path:
    folder = settings.stewardship / "certificates"
    return folder / f"{certificate.day}-{certificate.certificate_id}.json"


def _places(settings: Settings, hashes: set[str]) -> list[str]:
    """Where the drop folder still holds these bytes: the files are the agency's, and only read here."""
    places = []
    for file in look(settings.raw, wait=False).files:
        try:
            with open_without_links(file.path) as stream:
                if hashlib.sha256(stream.read()).hexdigest() in hashes:
                    places.append(file.relative)
        except OSError:
            continue
    return places


def _releases(settings: Settings, submissions: list[str]) -> list[str]:
    """Releases whose receipts name one of the submissions; where a release has no receipts, nobody can tell."""
    wanted = {submission_id[:_LETTERS_IN_RECEIPTS] for submission_id in submissions}
    found = []
    for folder in sorted(settings.releases.glob("????-??-??*")):
        path = folder / "receipts.parquet"
        hashes = parquet.read_table(path, columns=["submission_hashes"])["submission_hashes"] if path.exists() else None
        if hashes is None or any(wanted & set(str(one).split(";")) for one in hashes.unique().to_pylist()):
            found.append(folder.name)
    return found


def _told(certificate: Certificate, language: str) -> str:
    words = WORDS[language]
    counts = [words[name].format(count=count) for name, count in certificate.removed.items() if count]
    lines = [
        f"# {words['title_' + certificate.kind]}",
        words["intro"].format(id=certificate.certificate_id, day=certificate.day, because=certificate.because),
        f"## {words['removed']}",
        *(f"- {line}" for line in counts),
        f"- {words['cleared'].format(places=', '.join(f'data/{place}' for place in certificate.cleared))}",
        f"- {words['submissions_named'].format(ids=', '.join(one[:12] for one in certificate.submissions))}",
        f"## {words['left']}",
    ]
    lines += [f"- {words['drop_folder'].format(place=place)}" for place in certificate.still_in_drop_folder]
    lines += [f"- {words['release'].format(release=release)}" for release in certificate.releases]
    lines += [f"- {words['not_read'].format(id=one[:12])}" for one in certificate.not_read]
    lines += [f"- {words['preview']}", f"- {words['backups']}"]
    return "\n".join(lines) + "\n"
