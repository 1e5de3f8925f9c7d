"""Every file that came is kept for ever, by its bytes, with the day it came; nothing is taken for received twice."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dagster_project.intake.archive import Sighting, all_sightings, archived_path, receive_files
from dagster_project.intake.drop_folder import look, open_without_links
from dagster_project.settings import Settings
from dagster_project.whole_files import fingerprint, write_whole
from tests.conftest import make_settings

# Writes a file at another place, a piece every tenth of a second, and keeps an old time of writing, as copies do.
COPY_SLOWLY = """
import os, sys, time
for n in range(40):
    with open(sys.argv[1], "a") as file:
        file.write(f"{n}\\n")
    os.utime(sys.argv[1], (1e9, 1e9))
    print(n, flush=True)
    time.sleep(0.1)
"""


@contextmanager
def not_as_root() -> Iterator[None]:
    """Root may read everything: what others may not is seen as another user."""
    is_root = os.getuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def drop(settings: Settings, name: str, content: bytes = b"id\n1\n") -> Path:
    path = settings.raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def places(sightings: list[Sighting]) -> list[tuple[str, str]]:
    return [(sighting.agency_id, sighting.path) for sighting in sightings]


def test_bytes_are_kept_under_their_hash_with_a_receipt(settings: Settings) -> None:
    drop(settings, "clinic/2026/persons.csv", b"\xff\x00 any bytes")
    [sighting] = receive_files(settings)
    path = archived_path(settings, hashlib.sha256(b"\xff\x00 any bytes").hexdigest())
    assert path.read_bytes() == b"\xff\x00 any bytes"
    assert path.name == sighting.sha256
    receipt = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert receipt["sha256"] == sighting.sha256
    assert [one["path"] for one in receipt["sightings"]] == ["2026/persons.csv"]
    assert (sighting.agency_id, sighting.file_name) == ("clinic", "persons.csv")
    assert abs(datetime.fromisoformat(sighting.first_seen) - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_same_files_again_change_nothing(settings: Settings) -> None:
    drop(settings, "clinic/persons.csv")
    drop(settings, "school/eleves.csv", b"id\n2\n")
    before = receive_files(settings)
    kept = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in settings.data.rglob("*") if path.is_file()}
    assert receive_files(settings) == before
    after = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in settings.data.rglob("*") if path.is_file()}
    assert after == kept


def test_a_file_touched_but_equal_is_no_new_file(settings: Settings) -> None:
    path = drop(settings, "clinic/persons.csv")
    before = receive_files(settings)
    os.utime(path, (1, 1))
    assert receive_files(settings) == before


def test_a_file_changed_under_its_name_is_another_submission(settings: Settings) -> None:
    path = drop(settings, "clinic/persons.csv")
    receive_files(settings)
    path.write_bytes(b"id\n1\n2\n")
    sightings = receive_files(settings)
    assert places(sightings) == [("clinic", "persons.csv")] * 2
    assert len({sighting.sha256 for sighting in sightings}) == 2
    assert all(archived_path(settings, sighting.sha256).exists() for sighting in sightings)


def test_a_stated_day_is_not_that_of_what_was_dropped_over_the_file(settings: Settings) -> None:
    """A correction under the old name came when it came: it must win over the file which it corrects."""
    path = drop(settings, "clinic/persons.csv")
    drop(settings, "clinic/received.csv", b"file,received\npersons.csv,2001-02-03\n")
    receive_files(settings)
    path.write_bytes(b"id\n1\n2\n")
    for _ in range(2):
        first, second = receive_files(settings)
        assert first.received_date == date(2001, 2, 3)
        assert second.sha256 == hashlib.sha256(b"id\n1\n2\n").hexdigest()
        assert second.received_date == datetime.fromisoformat(second.first_seen).date()


def test_a_file_beside_the_agencies_folders_does_not_vanish(settings: Settings) -> None:
    drop(settings, "persons.csv")
    assert places(receive_files(settings)) == [("", "persons.csv")]


def test_a_file_taken_out_of_the_drop_folder_is_still_known(settings: Settings) -> None:
    path = drop(settings, "clinic/persons.csv")
    before = receive_files(settings)
    path.unlink()
    assert receive_files(settings) == before
    assert archived_path(settings, before[0].sha256).read_bytes() == b"id\n1\n"


def test_lost_bytes_are_archived_again_while_the_file_is_there(settings: Settings) -> None:
    drop(settings, "clinic/persons.csv")
    [sighting] = receive_files(settings)
    archived_path(settings, sighting.sha256).unlink()
    receive_files(settings)
    assert archived_path(settings, sighting.sha256).exists()


def test_the_same_bytes_of_two_agencies_are_both_known(settings: Settings) -> None:
    drop(settings, "clinic/AUCUN_2026-01.txt", b"")
    drop(settings, "school/AUCUN_2026-01.txt", b"")
    drop(settings, "school/AUCUN_2026-02.txt", b"")
    sightings = receive_files(settings)
    assert places(sightings) == [
        ("clinic", "AUCUN_2026-01.txt"),
        ("school", "AUCUN_2026-01.txt"),
        ("school", "AUCUN_2026-02.txt"),
    ]
    assert len(list(settings.archive.rglob("*.json"))) == 1


@pytest.mark.parametrize(
    "name",
    [
        "clinic/.hidden.csv",
        "clinic/.~lock.persons.ods#",
        "clinic/~$persons.xlsx",
        "clinic/.trash/persons.csv",
        "clinic/received.csv",
    ],
)
def test_hidden_files_and_lock_files_are_no_submissions(settings: Settings, name: str) -> None:
    drop(settings, name)
    assert receive_files(settings) == []


@pytest.mark.parametrize(
    ("received", "day"),
    [
        pytest.param(b"file,received\npersons.csv,2001-02-03\n", date(2001, 2, 3), id="earlier"),
        pytest.param("\ufefffile,received\npersons.csv, 2001-02-03 \n".encode(), date(2001, 2, 3), id="with a mark"),
        pytest.param(b"file,received\npersons.csv,2999-01-01\n", None, id="later"),
        pytest.param(b"file,received\npersons.csv,03/02/2001\n", None, id="unreadable"),
        pytest.param(b"file,received\nothers.csv,2001-02-03\n", None, id="of another file"),
        pytest.param(b"received,file,by\n2001-02-03,persons.csv,me\n", date(2001, 2, 3), id="other order"),
        pytest.param("file,received\né.csv,\npersons.csv,2001-02-03\n".encode("cp1252"), date(2001, 2, 3), id="1252"),
        pytest.param(b"file;received\r\npersons.csv;2001-02-03\r\n", date(2001, 2, 3), id="semicolons"),
        pytest.param(b"", None, id="empty"),
    ],
)
def test_a_stated_day_of_receipt_counts_when_it_is_earlier(
    settings: Settings, received: bytes, day: date | None
) -> None:
    drop(settings, "clinic/persons.csv")
    drop(settings, "clinic/received.csv", received)
    [sighting] = receive_files(settings)
    seen = datetime.fromisoformat(sighting.first_seen).date()
    assert sighting.received_date == (day or seen)


def test_a_day_stated_afterwards_is_taken_over_and_the_first_sight_is_kept(settings: Settings) -> None:
    drop(settings, "clinic/persons.csv")
    [before] = receive_files(settings)
    drop(settings, "clinic/received.csv", b"file,received\npersons.csv,2001-02-03\n")
    [after] = receive_files(settings)
    assert after.received_date == date(2001, 2, 3)
    assert after.first_seen == before.first_seen


def test_sightings_come_in_the_order_of_receipt_then_of_names(settings: Settings) -> None:
    for name in ("clinic/b.csv", "clinic/a.csv", "asile/z.csv"):
        drop(settings, name, name.encode())
    drop(settings, "clinic/received.csv", b"file,received\nb.csv,2001-01-02\na.csv,2001-01-03\n")
    drop(settings, "asile/received.csv", b"file,received\nz.csv,2001-01-03\n")
    assert places(receive_files(settings)) == [("clinic", "b.csv"), ("asile", "z.csv"), ("clinic", "a.csv")]
    assert places(all_sightings(settings)) == [("clinic", "b.csv"), ("asile", "z.csv"), ("clinic", "a.csv")]


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Writing a file beyond so many bytes fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "receipt.json"
    write_whole(path, b"old")
    with no_room_beyond(1000), pytest.raises(OSError, match="large"):
        write_whole(path, b"x" * 5000)
    assert path.read_bytes() == b"old"
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert [found.name for found in path.parent.iterdir()] == ["receipt.json"]


def test_a_file_half_copied_to_the_archive_is_archived_when_there_is_room(settings: Settings) -> None:
    drop(settings, "clinic/persons.csv", b"x" * 5000)
    with no_room_beyond(1000), pytest.raises(OSError, match="large"):
        receive_files(settings)
    [sighting] = receive_files(settings)
    assert archived_path(settings, sighting.sha256).read_bytes() == b"x" * 5000


def test_a_fingerprint_changes_with_names_and_bytes_only(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"bc")
    first = fingerprint(tmp_path)
    os.utime(tmp_path / "a", (1, 1))
    assert fingerprint(tmp_path) == first
    (tmp_path / "a").rename(tmp_path / "ab")
    assert fingerprint(tmp_path) != first
    (tmp_path / "ab").write_bytes(b"c")
    assert fingerprint(tmp_path) != first


@pytest.mark.parametrize("ending", [".tmp", ".part", ".crdownload", ".filepart", ".CSV.PARTIAL", "~"])
def test_a_file_that_a_program_still_fetches_is_left_alone(settings: Settings, ending: str) -> None:
    drop(settings, f"clinic/persons_2026-01{ending}")
    folder = look(settings.raw)
    assert (folder.files, folder.unfinished) == ([], 1)


def test_a_file_still_being_copied_waits_for_the_next_look(settings: Settings) -> None:
    drop(settings, "clinic/whole.csv")
    growing = settings.raw / "clinic" / "growing.csv"
    with subprocess.Popen([sys.executable, "-c", COPY_SLOWLY, growing], stdout=subprocess.PIPE) as copying:  # noqa: S603
        assert copying.stdout is not None
        copying.stdout.readline()
        folder = look(settings.raw)
        assert [file.relative for file in folder.files] == ["clinic/whole.csv"]
        assert folder.unfinished == 1
    assert len(look(settings.raw).files) == 2


def test_no_link_is_followed_and_none_leads_out_of_the_folder(settings: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(b"id\n1\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "other.csv").write_bytes(b"id\n2\n")
    drop(settings, "clinic/persons.csv", b"id\n3\n")
    (settings.raw / "clinic" / "link.csv").symlink_to(secret)
    (settings.raw / "clinic" / "folder").symlink_to(tmp_path / "elsewhere")
    (settings.raw / "linked_agency").symlink_to(tmp_path / "elsewhere")
    (settings.raw / "clinic" / "dead.csv").symlink_to(tmp_path / "nothing")
    assert places(receive_files(settings)) == [("clinic", "persons.csv")]
    assert look(settings.raw).links == 4
    with pytest.raises(OSError, match="symbolic link"):
        open_without_links(settings.raw / "clinic" / "link.csv")


def test_a_pipe_stops_nothing(settings: Settings) -> None:
    (settings.raw / "clinic").mkdir()
    os.mkfifo(settings.raw / "clinic" / "pipe.csv")
    assert receive_files(settings) == []


@pytest.mark.parametrize(
    "name",
    [
        "donn\u00e9es 2026-01.csv",
        "donne\u0301es.csv",
        "数据_2026-01.csv",
        "بيانات.csv",
        "a" * 251 + ".csv",
        "x\ny.csv",
        "=1+1.csv",
    ],
)
def test_names_in_any_script_and_length_are_kept(settings: Settings, name: str) -> None:
    drop(settings, f"clinic/{name}")
    assert [sighting.file_name for sighting in receive_files(settings)] == [name]
    assert [sighting.file_name for sighting in receive_files(settings)] == [name]


def test_a_name_that_is_no_text_is_kept_as_far_as_it_is_one(settings: Settings) -> None:
    (settings.raw / "clinic").mkdir()
    (settings.raw / "clinic" / os.fsdecode(b"p\xe9riode_2026-01.csv")).write_bytes(b"id\n1\n")
    [sighting] = receive_files(settings)
    assert sighting.file_name == "p\\xe9riode_2026-01.csv"
    assert receive_files(settings) == [sighting]


def test_a_file_that_may_not_be_opened_is_told_and_read_once_it_may() -> None:
    # Not below pytest's folder, which is closed to others.
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(Path(folder) / "room")
        closed = drop(settings, "clinic/closed.csv")
        drop(settings, "clinic/open.csv", b"id\n2\n")
        if os.getuid() == 0:
            for path in (Path(folder), *Path(folder).rglob("*")):
                os.chown(path, 65534, 65534)
        closed.chmod(0)

        def receive() -> list[tuple[str, bool]]:
            with not_as_root():
                return sorted((sighting.path, sighting.is_unreadable) for sighting in receive_files(settings))

        assert receive() == [("closed.csv", True), ("open.csv", False)]
        closed.chmod(0o600)
        assert receive() == [("closed.csv", False), ("open.csv", False)]
