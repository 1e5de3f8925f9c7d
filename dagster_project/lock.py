"""The lock: one command at a time changes what lies below the data root.

Belongs here: taking the lock and saying who holds it. Stays out: what is done under it. The operating system gives the
lock back when its process ends, however it ends: none is ever left behind.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from dagster_project.settings import Settings

_held: dict[Path, int] = {}


class BusyError(Exception):
    """Another command is at work on these data; the message says which, whose, since when, and what to do."""


@contextmanager
def alone(settings: Settings, command: str) -> Iterator[None]:
    """Hold the lock while the block runs; a process that holds it already goes on. Raises `BusyError`."""
    if settings.data in _held:
        yield
        return
    hold(settings, command)
    try:
        yield
    finally:
        os.close(_held.pop(settings.data))


def hold(settings: Settings, command: str) -> None:
    """Take the lock for the rest of this process, if it has not got it. Raises `BusyError`."""
    if settings.data in _held:
        return
    settings.data.mkdir(parents=True, exist_ok=True)
    # The folder itself is locked: a file could be removed by hand, and then two would hold one each.
    folder = os.open(settings.data, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        holder = settings.lock.read_text(encoding="utf-8") if settings.lock.exists() else ""
        raise BusyError(_told(holder)) from None
    _held[settings.data] = folder
    since = datetime.now(UTC).isoformat(timespec="seconds")
    told = {"command": command, "process": os.getpid(), "user": _user(), "host": socket.gethostname(), "since": since}
    settings.lock.write_text(json.dumps(told), encoding="utf-8")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _told(holder: str) -> str:
    try:
        who = json.loads(holder)
        place = f"process {who['process']} of {who['user']} on {who['host']}"
        told = f"dorsale {who['command']} ({place}, since {who['since']})"
    except (ValueError, KeyError, TypeError):
        # It took the lock this very moment.
        told = "Another command"
    return f"{told} is at work on these data. Nothing was done: try again when it has ended."
