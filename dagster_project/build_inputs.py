"""What a build is made of, as fingerprints: whether there would be anything to do.

Belongs here: hashing what goes in and what people answered, and when the drop folder was last looked at. Stays out:
building.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

from dagster_project.intake.drop_folder import RECEIVED_FILE, look
from dagster_project.settings import Settings
from dagster_project.whole_files import fingerprint, write_whole


class DropFolderError(Exception):
    """The drop folder cannot be looked at; the message holds no path, for names of folders may be names of persons."""


def inputs_fingerprint(settings: Settings, as_of: date) -> str:
    """Changes whenever a build would have anything to do: dropped files, expectations, code, models, the day."""
    digest = hashlib.sha256(f"{as_of}|{settings.known_by}".encode())
    digest.update(drop_folder_fingerprint(settings).encode())
    digest.update(fingerprint(settings.expectations).encode())
    # With another token key other persons meet.
    key_file = os.environ.get("DORSALE_TOKEN_KEY_FILE")
    digest.update(os.environ.get("DORSALE_TOKEN_KEY", "").encode())
    digest.update(Path(key_file).read_bytes() if key_file and Path(key_file).is_file() else b"")
    for pattern in ("**/*.py", "**/*.yml"):
        digest.update(fingerprint(settings.project / "dagster_project", pattern).encode())
    digest.update(fingerprint(settings.dbt, "*.yml").encode())
    for folder in ("models", "seeds", "macros", "tests"):
        for path in sorted((settings.dbt / folder).rglob("*")):
            if path.is_file() and path.name != "_sources.yml":
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def drop_folder_fingerprint(settings: Settings) -> str:
    """Changes with every file at rest in the drop folder, and with the days that received.csv files state."""
    listed = [(file.relative, file.size, file.mtime_ns) for file in look(settings.raw, wait=False).files]
    stated = [path.read_bytes() for path in sorted(settings.raw.glob(f"*/{RECEIVED_FILE}")) if not path.is_symlink()]
    return hashlib.sha256(repr((listed, stated)).encode()).hexdigest()


def awaiting_fingerprint(settings: Settings) -> str | None:
    """Changes with all that a person can do to make a build worth while; None while there is no file at all."""
    folder = look(settings.raw, wait=False)
    if folder.unreadable_folders:
        raise PermissionError
    if not folder.files:
        return None
    parts = (drop_folder_fingerprint(settings), answers_fingerprint(settings), folder.unfinished)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def note_look(settings: Settings, failure: str | None) -> None:
    """Keep when the sensor last looked, and the kind of error if it could not."""
    looked = {"looked_at": datetime.now(UTC).isoformat(timespec="seconds"), "failure": failure}
    write_whole(settings.state / "sensor.json", json.dumps(looked).encode())


def last_look(settings: Settings) -> dict[str, str | None]:
    """When the sensor last looked at the drop folder, and the kind of error (`failure`) if it could not."""
    path = settings.state / "sensor.json"
    looked: dict[str, str | None] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return looked


def answers_fingerprint(settings: Settings, workbook_hash: str | None = None) -> str:
    """Changes with the review workbook, and with whatever is added to journal or archive, removed or brought back.

    `workbook_hash` stands for the workbook as a build wrote it: what was written into it since is not read yet.
    """
    workbook = settings.review_workbook
    if workbook_hash is None:
        workbook_hash = hashlib.sha256(workbook.read_bytes()).hexdigest() if workbook.exists() else ""
    files = [path for path in settings.journal.rglob("*") if path.is_file()]
    paths = sorted(path.relative_to(settings.journal).as_posix() for path in files)
    # A build notes there what it made.
    kept = [path for path in paths if not path.startswith(f"{settings.build_receipts.name}/")]
    archived = sorted(path.name for path in settings.archive.glob("??/*"))
    return hashlib.sha256(repr((workbook_hash, kept, archived)).encode()).hexdigest()
