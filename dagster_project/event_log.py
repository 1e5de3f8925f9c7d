"""The log: what ran, who ran it, how long it took, what it counted. JSON lines in `data/log/`, a file for each month.

Belongs here: writing lines and reading none. Stays out: any value of a row, any name of a file, the texts of people
(`--because`): a line holds numbers, days, ids that we gave, and words of this project.

No work waits for the log: where it cannot be written (a full disk, a folder that may not be written to), that is said
once, and the work goes on.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import secrets
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from dagster_project.settings import Settings

# Tells the lines of this process from those of another.
RUN = secrets.token_hex(4)
_told_of = set[str]()


def note(settings: Settings, event: str, **told: int | float | str | Mapping[str, int] | None) -> None:
    """Write one line."""
    now = datetime.now(UTC)
    line = {"at": now.isoformat(timespec="milliseconds"), "run": RUN, "event": event, **told}
    try:
        _append(settings.log / f"{now:%Y-%m}.jsonl", json.dumps(line, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        _tell_once(type(error).__name__)


def user() -> str:
    """Whose process this is, as the machine knows it: variables like `USER` can say anything."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _append(path: Path, line: bytes) -> None:
    """Add a whole line; two processes that write at once wait for each other."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        # What a full disk cut short stays a line by itself.
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = b"\n" + line
        if os.write(handle, line) < len(line):
            raise OSError
        os.fsync(handle)
    finally:
        os.close(handle)


def _tell_once(kind: str) -> None:
    if not _told_of:
        _told_of.add(kind)
        print(f"The log in data/log cannot be written ({kind}); the work goes on without it.", file=sys.stderr)
