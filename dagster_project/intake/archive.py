"""The archive: every file's bytes under their SHA-256, kept for ever, with a receipt beside them.

Belongs here: receiving files from the drop folder. Stays out: opening them. Receipts hold file names, which may hold
names of persons: they never leave the private rooms.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from dagster_project.intake.drop_folder import RECEIVED_FILE, DropFolder, DroppedFile, look, open_without_links
from dagster_project.settings import Settings
from dagster_project.tombstones import hidden_place, is_purged, is_removed, latest_edition
from dagster_project.whole_files import write_whole

NIL_NAME = re.compile(
    r"(?:AUCUN|NIL)_(?P<year>[12]\d{3})-(?P<month>0[1-9]|1[0-2])(?:_(?P<dataset>\w+))?\.txt", re.IGNORECASE
)


@dataclass(frozen=True)
class Sighting:
    """One file seen in the drop folder: what it is called there, and when it came.

    `stated_received` is the date that a received.csv beside the file states; it counts only when it is the earlier.
    `is_overwriting` says that other bytes lay under this name before. A file that may not be opened has no bytes yet:
    its `sha256` stands for its place.
    """

    sha256: str
    agency_id: str
    path: str
    first_seen: str
    stated_received: str | None
    is_overwriting: bool = False
    is_unreadable: bool = False

    @property
    def file_name(self) -> str:
        return Path(self.path).name

    @property
    def received_date(self) -> date:
        seen = datetime.fromisoformat(self.first_seen).date()
        return min(seen, date.fromisoformat(self.stated_received)) if self.stated_received else seen


class ArchiveError(Exception):
    """The archive holds other bytes than were received; the message names no file."""


def archived_path(settings: Settings, sha256: str) -> Path:
    """Where a file's bytes lie, or what is kept of them since a person was forgotten."""
    edition = latest_edition(settings, sha256)
    return settings.archive / edition[:2] / edition


def receipt_path(settings: Settings, sha256: str) -> Path:
    return settings.archive / sha256[:2] / f"{sha256}.json"


def receive_files(settings: Settings, folder: DropFolder | None = None) -> list[Sighting]:
    """Archive what is new in the drop folder; return every file ever seen, in a stable order.

    `folder` is a look at it that was taken just now.
    """
    folder = folder or look(settings.raw)
    seen_before = _load_index(settings)
    last_bytes = _last_bytes(settings)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    index: dict[str, dict[str, Any]] = {}
    stated = _stated_dates(settings)
    new_sightings: dict[str, list[Sighting]] = defaultdict(list)
    unreadable: list[Sighting] = []
    for file in folder.files:
        relative = file.relative
        # A file that lies beside the agencies' folders belongs to nobody, but does not vanish.
        agency_id, in_folder = relative.split("/", 1) if "/" in relative else ("", relative)
        entry = seen_before.get(relative)
        if entry and (entry["size"], entry["mtime_ns"]) == (file.size, file.mtime_ns):
            index[relative] = entry
            sha256 = entry["sha256"]
        else:
            archived = _archive(settings, file)
            if archived is None:
                place = hashlib.sha256(f"no permission|{relative}".encode()).hexdigest()
                unreadable.append(Sighting(place, agency_id, in_folder, now, None, is_unreadable=True))
                continue
            sha256 = archived
            if is_purged(settings, sha256):
                # It was seen, which counts; its name, which may be a person's, is not kept.
                known, hidden = hidden_place(settings, agency_id, in_folder)
                new_sightings[sha256].append(Sighting(sha256, known, hidden, now, stated.get(relative)))
                continue
            index[relative] = {"size": file.size, "mtime_ns": file.mtime_ns, "sha256": sha256}
        is_overwritten = last_bytes.get(relative, sha256) != sha256
        # A stated date is that of the first bytes under a name: what was dropped over them came later.
        stated_date = None if is_overwritten else stated.get(relative)
        new_sightings[sha256].append(Sighting(sha256, agency_id, in_folder, now, stated_date, is_overwritten))
    _write_receipts(settings, new_sightings)
    if index != seen_before:
        write_whole(settings.drop_folder_index, json.dumps(index, indent=0, sort_keys=True).encode())
    _write_unreadable(settings, unreadable)
    return all_sightings(settings)


def all_sightings(settings: Settings) -> list[Sighting]:
    """Every sighting of every archived file, oldest first; ties by name, so that no order depends on the disk."""
    sightings = _archived_sightings(settings)
    sightings += _unreadable_sightings(settings)
    # By the stem, 'visits v2' comes after 'visits', whatever the character between them.
    return sorted(
        sightings,
        key=lambda s: (s.received_date, s.first_seen, s.agency_id, Path(s.path).stem, s.path, s.sha256),
    )


def _load_index(settings: Settings) -> dict[str, dict[str, Any]]:
    path = settings.drop_folder_index
    index = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: entry for name, entry in index.items() if archived_path(settings, entry["sha256"]).exists()}


def _last_bytes(settings: Settings) -> dict[str, str]:
    """By path below raw/, the SHA-256 of the bytes that came last under that name."""
    sightings = [s for s in _archived_sightings(settings) if s.agency_id]
    # The same second may see two: what was dropped over others is the later.
    sightings.sort(key=lambda s: (s.first_seen, s.is_overwriting))
    return {f"{s.agency_id}/{s.path}": s.sha256 for s in sightings}


def _archived_sightings(settings: Settings) -> list[Sighting]:
    """Raises `ArchiveError` where a receipt cannot be read."""
    try:
        return [
            Sighting(**sighting)
            for receipt in sorted(settings.archive.glob("??/*.json"))
            for sighting in json.loads(receipt.read_text(encoding="utf-8"))["sightings"]
        ]
    except (ValueError, KeyError, TypeError):
        raise ArchiveError(
            "A receipt in the archive is damaged: dorsale verify names it. Bring it back from a backup: it says who"
            " sent a file, and when."
        ) from None


def _unreadable_path(settings: Settings) -> Path:
    """The files that could not be opened at the last look, since when: there is nothing else of them to archive."""
    return settings.archive / "unreadable_files.json"


def _write_unreadable(settings: Settings, sightings: list[Sighting]) -> None:
    path = _unreadable_path(settings)
    known = _unreadable_sightings(settings)
    since = {sighting.sha256: sighting for sighting in known}
    now = [since.get(sighting.sha256, sighting) for sighting in sightings]
    if now != known:
        write_whole(path, json.dumps([asdict(sighting) for sighting in now], indent=0).encode())


def _unreadable_sightings(settings: Settings) -> list[Sighting]:
    path = _unreadable_path(settings)
    if not path.exists():
        return []
    return [Sighting(**sighting) for sighting in json.loads(path.read_text(encoding="utf-8"))]


def _stated_dates(settings: Settings) -> dict[str, str]:
    """The received dates that agencies' received.csv files state, by path below raw/; unreadable dates are ignored."""
    stated = {}
    for path in sorted(settings.raw.glob(f"*/{RECEIVED_FILE}")):
        text = _text(path.read_bytes())
        # A French spreadsheet writes semicolons.
        delimiter = ";" if ";" in text.partition("\n")[0] else ","
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter):
            try:
                day = date.fromisoformat((row.get("received") or "").strip())
            except ValueError:
                continue
            stated[f"{path.parent.name}/{(row.get('file') or '').strip()}"] = day.isoformat()
    return stated


def _text(content: bytes) -> str:
    """Kept by hand, such a file may be in UTF-8 or in what a spreadsheet on Windows writes."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _archive(settings: Settings, file: DroppedFile) -> str | None:
    """The SHA-256 under which the file's bytes now lie; None where they may not be read."""
    try:
        with open_without_links(file.path) as stream:
            content = stream.read()
    except OSError:
        return None
    sha256 = hashlib.sha256(content).hexdigest()
    # Dropped once more, a file mends the archive's damaged copy of it.
    if not is_removed(settings, sha256) and not is_whole(settings, sha256):
        write_whole(archived_path(settings, sha256), content)
    return sha256


def is_whole(settings: Settings, sha256: str) -> bool:
    """Whether the archived bytes, or their latest edition, are there and are what they were."""
    path = archived_path(settings, sha256)
    if not path.exists():
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == path.name


def _write_receipts(settings: Settings, seen_now: dict[str, list[Sighting]]) -> None:
    """Add new sightings to the receipts.

    A known one keeps the day it was first seen, unless other bytes lay under its name since: then it came again now.
    """
    for sha256, sightings in seen_now.items():
        path = receipt_path(settings, sha256)
        known = json.loads(path.read_text(encoding="utf-8"))["sightings"] if path.exists() else []
        by_place = {(s["agency_id"], s["path"]): s for s in known}
        for sighting in sightings:
            place = (sighting.agency_id, sighting.path)
            before = by_place.get(place)
            if before is None or sighting.is_overwriting:
                by_place[place] = asdict(sighting)
            elif sighting.stated_received and not before.get("is_overwriting", False):
                by_place[place] = {**before, "stated_received": sighting.stated_received}
        merged = [by_place[place] for place in sorted(by_place)]
        if merged != known:
            receipt = {"sha256": sha256, "sightings": merged}
            write_whole(path, json.dumps(receipt, indent=1, ensure_ascii=False).encode())
