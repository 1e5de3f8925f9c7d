"""Nothing is lost: builds that are killed, that find no space, that race, and files that are damaged.

A sample of each runs in `make test`, all of them in `make test-faults`. After each fault the old or the new state is
there, every archived byte too, and the next build makes what an undisturbed one makes.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from dagster_project.settings import PROJECT_ROOT, Settings
from tests.conftest import DORSALE, run_dorsale
from tests.integration.faults import (
    archived,
    base,
    copy_of,
    count_changes,
    drop_month,
    environment_of,
    failing_disk,
    kill_after_seconds,
    kill_after_step,
    run_with_fault,
    tables,
)

__all__ = ["base", "failing_disk"]

STEPS = ("receive", "define", "read", "validate", "accept", "link", "answer", "model", "publish")
KILLS, CHECKED_EVERY = 200, 8
LONG = pytest.mark.faults


@pytest.fixture(scope="module")
def undisturbed(base: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The next month, dropped and built without a fault."""
    settings = copy_of(base, tmp_path_factory.mktemp("undisturbed"))
    drop_month(settings, 3)
    run_dorsale(settings, "build", "--no-site")
    return settings


@pytest.fixture
def interrupted(base: Settings, tmp_path: Path) -> Settings:
    """The next month is dropped, and no build has seen it."""
    settings = copy_of(base, tmp_path)
    drop_month(settings, 3)
    return settings


def assert_old_or_new(settings: Settings, old: Settings, new: Settings) -> None:
    """Each of what others read is whole: the warehouse, what is published; and no archived byte has changed."""
    now, before, after = tables(settings), tables(old), tables(new)
    in_warehouse = [name for name in before if name.startswith(("staging.", "intermediate.", "marts.", "seeds."))]
    assert any(all(now[name] == one[name] for name in in_warehouse) for one in (before, after)), "the warehouse"
    assert now["published"] in (before["published"], after["published"])
    kept = archived(settings)
    assert {name: kept.get(name) for name in archived(old)} == archived(old)


def assert_continues(settings: Settings, new: Settings) -> None:
    """The next build makes what an undisturbed one makes, and all is as it should be."""
    run_dorsale(settings, "build", "--no-site")
    assert tables(settings) == tables(new)
    assert archived(settings) == archived(new)
    assert ": 0 problems." in " ".join(run_dorsale(settings, "verify").split())
    left = [path.name for path in settings.data.rglob(".*.unfinished")]
    assert not left, "what a killed command had begun to write is removed"


@pytest.mark.parametrize("step", [step if step == "model" else pytest.param(step, marks=LONG) for step in STEPS])
def test_killed_after_a_step(step: str, interrupted: Settings, base: Settings, undisturbed: Settings) -> None:
    kill_after_step(interrupted, step)
    assert_old_or_new(interrupted, base, undisturbed)
    assert_continues(interrupted, undisturbed)


@pytest.mark.parametrize("asked", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=LONG)])
def test_who_asks_it_to_stop_does_not_wait(
    asked: signal.Signals, interrupted: Settings, base: Settings, undisturbed: Settings
) -> None:
    """As systemd and Ctrl-C do."""
    kill_after_step(interrupted, "link", asked)
    assert_old_or_new(interrupted, base, undisturbed)


@pytest.mark.parametrize("kills", [pytest.param(3, marks=pytest.mark.long), pytest.param(KILLS, marks=LONG)])
def test_killed_at_random_changes(
    kills: int, failing_disk: Path, base: Settings, undisturbed: Settings, tmp_path: Path
) -> None:
    """Each kill comes before a random write, rename or removal, and the next begins where it left the data."""
    first = copy_of(base, tmp_path / "count")
    drop_month(first, 3)
    changes = count_changes(first, failing_disk, "build", "--no-site")
    chance = random.Random(20260331)  # noqa: S311
    settings = None
    for number in range(kills):
        if settings is None:
            settings = copy_of(base, tmp_path / f"kill_{number}")
            drop_month(settings, 3)
        at = chance.randint(1, changes)
        run_with_fault(settings, failing_disk, "kill", at, "build", "--no-site")
        assert_old_or_new(settings, base, undisturbed)
        if number % CHECKED_EVERY == CHECKED_EVERY - 1 or number == kills - 1:
            assert_continues(settings, undisturbed)
            shutil.rmtree(settings.data)
            settings = None


@LONG
def test_killed_at_random_times(base: Settings, undisturbed: Settings, tmp_path: Path) -> None:
    chance = random.Random(20260630)  # noqa: S311
    for number in range(20):
        settings = copy_of(base, tmp_path / f"kill_{number}")
        drop_month(settings, 3)
        kill_after_seconds(settings, chance.uniform(0.2, 12))
        assert_old_or_new(settings, base, undisturbed)
        assert_continues(settings, undisturbed)


@pytest.mark.parametrize("at", [33, *(pytest.param(n, marks=LONG) for n in range(1, 51) if n != 33)])
def test_the_disk_is_full(
    at: int, failing_disk: Path, interrupted: Settings, base: Settings, undisturbed: Settings
) -> None:
    """From the n-th change on nothing can be written: the message says so, in words that name no file."""
    done = run_with_fault(interrupted, failing_disk, "full", at, "build", "--no-site")
    told = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 1, told
    assert "The disk is full. Free some space" in told
    assert "Traceback" not in told
    assert "persons_2026" not in told
    assert_old_or_new(interrupted, base, undisturbed)
    assert_continues(interrupted, undisturbed)


@LONG
@pytest.mark.parametrize("share", range(1, 20))
def test_the_disk_is_full_late(
    share: int, failing_disk: Path, interrupted: Settings, base: Settings, undisturbed: Settings, tmp_path: Path
) -> None:
    first = copy_of(base, tmp_path / "count")
    drop_month(first, 3)
    changes = count_changes(first, failing_disk, "build", "--no-site")
    done = run_with_fault(interrupted, failing_disk, "full", changes * share // 20, "build", "--no-site")
    assert done.returncode == 1
    assert "The disk is full." in " ".join((done.stdout + done.stderr).split())
    assert_old_or_new(interrupted, base, undisturbed)
    assert_continues(interrupted, undisturbed)


@pytest.mark.parametrize("race", [0, *(pytest.param(n, marks=LONG) for n in range(1, 20))])
def test_two_builds_at_once(race: int, interrupted: Settings, undisturbed: Settings) -> None:
    """One builds; the other says who does, and changes nothing, or comes so late that nothing is new."""
    chance = random.Random(race)  # noqa: S311
    command = [DORSALE, "build", "--no-site"]
    builds = []
    for _ in range(2):
        builds.append(
            subprocess.Popen(  # noqa: S603
                command, env=environment_of(interrupted), cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True
            )
        )
        if race:
            try:
                builds[0].wait(chance.uniform(0, 3))
            except subprocess.TimeoutExpired:
                continue
    outputs = [" ".join(build.communicate()[0].split()) for build in builds]
    codes = sorted(build.returncode for build in builds)
    assert codes == [0, 5], outputs
    assert sum("is at work on these data. Nothing was done" in output for output in outputs) == 1
    assert tables(interrupted) == tables(undisturbed)


@pytest.mark.parametrize("number", [1, *(pytest.param(n, marks=LONG) for n in range(20) if n != 1)])
def test_a_damaged_warehouse_is_made_again(number: int, undisturbed: Settings, tmp_path: Path) -> None:
    """Truncated or with one byte turned over: `verify` says so, and the next build makes it again."""
    settings = copy_of(undisturbed, tmp_path)
    damage(settings.warehouse, number)
    run_dorsale(settings, "build", "--no-site")
    assert tables(settings) == tables(undisturbed)


@pytest.mark.parametrize("number", [1, *(pytest.param(n, marks=LONG) for n in range(10) if n != 1)])
def test_verify_names_a_damaged_archive_file(number: int, undisturbed: Settings, tmp_path: Path) -> None:
    settings = copy_of(undisturbed, tmp_path)
    name = sorted(archived(settings))[number % len(archived(settings))]
    damage(settings.archive / name[:2] / name, number)
    told = json.loads(run_dorsale(settings, "verify", "--json", expect=1))
    assert [(problem["room"], problem["what"]) for problem in told["problems"]] == [("archive", name)]
    assert "persons_2026" not in json.dumps(told), "no name that a partner gave"


@LONG
def test_a_damaged_archive_file_is_not_read_and_mends_when_it_is_dropped_again(
    undisturbed: Settings, tmp_path: Path
) -> None:
    settings = copy_of(undisturbed, tmp_path)
    original = settings.raw / "clinic" / "persons_2026-03.csv"
    content = original.read_bytes()
    names = {name for name, archived_bytes in archived(settings).items() if archived_bytes == content}
    for name in names:
        damage(settings.archive / name[:2] / name, 1)
    for room in (settings.vault, settings.state):
        shutil.rmtree(room)
    original.unlink()
    told = run_dorsale(settings, "build", "--no-site", expect=1)
    assert "1 archived files are missing or damaged: dorsale verify names them." in " ".join(told.split())
    original.write_bytes(content)
    run_dorsale(settings, "build", "--no-site")
    assert tables(settings) == tables(undisturbed)


@pytest.mark.parametrize(
    "room", [pytest.param(room, marks=LONG) for room in ("readings", "extracts", "linkage", "state")]
)
def test_damaged_caches_are_made_again(room: str, undisturbed: Settings, tmp_path: Path) -> None:
    """What saves work may be damaged by a disk: it costs its making, and nothing else."""
    settings = copy_of(undisturbed, tmp_path)
    for path in getattr(settings, room).rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    settings.last_build.unlink(missing_ok=True)
    run_dorsale(settings, "build", "--no-site")
    assert tables(settings) == tables(undisturbed)


def test_verify_names_what_is_gone_or_altered(undisturbed: Settings, tmp_path: Path) -> None:
    """Wholes too, and what can still be read; what was added is no fault."""
    settings = copy_of(undisturbed, tmp_path)
    journal, receipts = settings.journal, sorted(settings.archive.glob("??/*.json"))
    (journal / "derivation.key").unlink()
    shutil.rmtree(journal / "family_ids")
    numbers = sorted((journal / "person_numbers").glob("*.parquet"))[-1]
    numbers.write_bytes(b"PAR1")
    lost, other, altered = receipts[:3]
    lost.unlink()
    lost.with_suffix("").unlink()
    other.write_text(other.read_text(encoding="utf-8")[:40], encoding="utf-8")
    altered.write_text(altered.read_text(encoding="utf-8").replace("shelter", "clinic").replace("clinic", "gym"))
    (journal / "accepted_pauses").mkdir(exist_ok=True)
    (journal / "accepted_pauses" / "new.json").write_text("{}", encoding="utf-8")
    told = json.loads(run_dorsale(settings, "verify", "--json", expect=1))
    named = {f"{problem['room']}/{problem['what']}" for problem in told["problems"]}
    assert named == {
        "journal/derivation.key",
        *(f"journal/family_ids/{path.name}" for path in (undisturbed.journal / "family_ids").iterdir()),
        f"journal/person_numbers/{numbers.name}",
        f"archive/{lost.name}",
        f"archive/{lost.stem}",
        f"archive/{other.name}",
        f"archive/{altered.name}",
    }
    shutil.rmtree(settings.journal)
    assert "kept.json" in run_dorsale(settings, "verify", expect=1)


def test_what_is_gone_is_made_again_though_nothing_is_new(undisturbed: Settings, tmp_path: Path) -> None:
    settings = copy_of(undisturbed, tmp_path)
    for room in (settings.accepted, settings.reference, settings.feedback):
        shutil.rmtree(room)
    run_dorsale(settings, "build", "--no-site")
    assert tables(settings) == tables(undisturbed)
    assert list(settings.feedback.rglob("*.xlsx"))
    assert "Nothing new" in run_dorsale(settings, "build", "--no-site")


def test_all_is_made_again_from_archive_and_journal(undisturbed: Settings, tmp_path: Path) -> None:
    """Everything else below data/ may go, the drop folder too."""
    settings = copy_of(undisturbed, tmp_path)
    for path in settings.data.iterdir():
        if path not in (settings.archive, settings.journal, settings.releases):
            path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)
    run_dorsale(settings, "build", "--no-site")
    assert tables(settings) == tables(undisturbed)
    assert not (settings.data.parent / "site").exists()


@LONG
def test_a_room_that_may_not_be_written_to(interrupted: Settings, base: Settings, undisturbed: Settings) -> None:
    """A file in the place of a folder stands for a missing permission, which the user of a container always has."""
    settings = interrupted
    shutil.rmtree(settings.accepted)
    settings.accepted.symlink_to("/proc/self", target_is_directory=True)
    told = " ".join(run_dorsale(settings, "build", "--no-site", expect=1).split())
    assert "Traceback" not in told
    settings.accepted.unlink()
    assert_continues(settings, undisturbed)


def damage(path: Path, number: int) -> None:
    """Turn one byte over, somewhere, or cut the end off."""
    content = bytearray(path.read_bytes())
    if number % 2:
        place = random.Random(number).randrange(len(content))  # noqa: S311
        content[place] ^= 0xFF
    else:
        del content[len(content) * (number + 1) // 25 :]
    path.write_bytes(content)
