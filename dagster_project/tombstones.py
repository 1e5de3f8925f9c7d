"""Tombstones: what was removed on request, so that no build of any day brings it back.

Belongs here: reading and adding to `journal/tombstones`. Stays out: removing (removal). A tombstone holds hashes and
keyed hashes, never a name, a number of a person or a file's name.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole

PURGE, FORGET = "purge", "forget"
_HIDDEN = re.compile("purged-[0-9a-f]{24}")


@dataclass(frozen=True)
class Tombstone:
    """One removal: of a file by the hash of its bytes (`sha256`), or of `persons` by keyed hashes of their numbers.

    `submissions` are those that are concerned, `found` counts what there was when it was asked for. `pending` says what
    is still to be removed, by hashes, keyed hashes and agencies; None once all of it is done.
    """

    tombstone_id: str
    kind: str
    day: str
    because: str
    sha256: str | None = None
    submission_id: str | None = None
    agency_id: str | None = None
    persons: list[str] = field(default_factory=list)
    submissions: list[str] = field(default_factory=list)
    found: dict[str, int] = field(default_factory=dict)
    pending: dict[str, list[str]] | None = None


@dataclass(frozen=True)
class Redaction:
    """The bytes that stand in the place of a file's own since rows of forgotten persons were taken out of it."""

    sha256: str
    kept_as: str
    day: str
    rows: int


def load_tombstones(settings: Settings) -> list[Tombstone]:
    """All of them, in a stable order."""
    paths = sorted(settings.tombstones.glob("*.json"))
    return [Tombstone(**json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def keep_tombstone(settings: Settings, tombstone: Tombstone) -> None:
    """Write it, or write it again when nothing of it is pending any more."""
    content = json.dumps(asdict(tombstone), ensure_ascii=False, indent=1)
    write_whole(settings.tombstones / f"{tombstone.tombstone_id}.json", content.encode())


def purge_id(sha256: str) -> str:
    return f"{PURGE}-{sha256}"


def is_purged(settings: Settings, sha256: str) -> bool:
    return (settings.tombstones / f"{purge_id(sha256)}.json").exists()


def forgotten_persons(settings: Settings) -> set[str]:
    """Keyed hashes of '<agency_id>|<person_id_agency>' of all who were forgotten."""
    return {hashed for tombstone in load_tombstones(settings) for hashed in tombstone.persons}


def keep_redaction(settings: Settings, redaction: Redaction) -> None:
    content = json.dumps(asdict(redaction), indent=1)
    write_whole(_redaction_path(settings, redaction.sha256), content.encode())


def redaction_of(settings: Settings, sha256: str) -> Redaction | None:
    path = _redaction_path(settings, sha256)
    return Redaction(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def all_redactions(settings: Settings) -> list[Redaction]:
    paths = sorted((settings.tombstones / "redactions").glob("*.json"))
    return [Redaction(**json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def latest_edition(settings: Settings, sha256: str) -> str:
    """The SHA-256 of the bytes that are kept of a file: its own, unless rows were taken out of it since."""
    while (redaction := redaction_of(settings, sha256)) is not None:
        sha256 = redaction.kept_as
    return sha256


def is_removed(settings: Settings, sha256: str) -> bool:
    """Whether these very bytes may not be archived again."""
    return is_purged(settings, sha256) or _redaction_path(settings, sha256).exists()


def hidden_place(settings: Settings, agency_id: str, path: str) -> tuple[str, str]:
    """Agency and place of a purged file, without any name but a known agency's; the same place gives the same.

    What is hidden already stays as it is.
    """
    if _HIDDEN.fullmatch(path):
        return agency_id, path
    is_known = (settings.expectations / "partners" / f"{agency_id}.yml").is_file()
    known = agency_id if is_known else "unknown"
    return known, f"purged-{keyed(tombstone_key(settings), f'{agency_id}/{path}')[:24]}"


def tombstone_key(settings: Settings) -> bytes:
    """The key of the hashes in tombstones; kept in the journal, since every later build must know them again."""
    path = settings.journal / "tombstones.key"
    if not path.exists():
        write_whole(path, secrets.token_hex(32).encode())
        path.chmod(0o600)
    return path.read_bytes().strip()


def keyed(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()


def _redaction_path(settings: Settings, sha256: str) -> Path:
    return settings.tombstones / "redactions" / f"{sha256}.json"
