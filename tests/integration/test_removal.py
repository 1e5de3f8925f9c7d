"""What is removed on request is gone: from the archive, from all that was made of it, and from every later build."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from dagster_project.contracts import load_expectations
from dagster_project.removal.completing import complete_removals
from dagster_project.removal.requests import request_forget, request_purge
from dagster_project.settings import Settings
from dagster_project.tombstones import load_tombstones
from dagster_project.whole_files import fingerprint
from tests.conftest import run_dorsale
from tests.integration.small_initiative import ENROLMENTS_HEADER, PERSONS_HEADER, drop, lines, small_settings
from tests.integration.test_privacy import everything_of

# One person at both agencies; the school's number and e-mail stand nowhere else.
ZYX = "Zyxfirst,Zyxlast,1971-07-19,F,Z9Z 8Q7,555-0199-777,zyx@example.org,999 Zyxstreet"
MARIE = "Marie,Tremblay,1980-02-03,F,G1A 1A1,418-555-0101,marie@example.org,1 Main Street"
PAUL = "Paul,Roy,1990-05-06,M,H2B 2B2,514-555-0102,paul@example.org,2 Elm Street"
CANARIES = ("zyx", "1971-07-19", "19710719", "z9z8q7", "5550199777", "qx-77")
CANARIES_OF_FILE = ("wrongly", "1931-01-02", "qw-88")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A built initiative: a person at two agencies among others, and a file that never should have come."""
    settings = small_settings(tmp_path_factory.mktemp("removal"), ("clinic", "en"), ("school", "fr"))
    drop(
        settings,
        "clinic",
        "persons_2026-01.csv",
        lines(PERSONS_HEADER, f"C1,{MARIE}", f"QX-77-1,{ZYX}", f"C3,{PAUL}", f"QX-77-1,{ZYX},one cell too many"),
    )
    drop(settings, "clinic", "enrolments_2026-01.csv",
         lines(ENROLMENTS_HEADER, "E1,C1,P1,2026-01-05,,", 'E2,QX-77-1,P1,2026-01-06,,"Zyx', 'note"',
               "E3,C3,P1,2026-01-07,,", "E4,C3,P1,2026-02-30,,"))  # fmt: skip
    drop(settings, "clinic", "visits_2026-01.xlsx", visits("C1", "QX-77-1", "C3"))
    drop(settings, "school", "persons_2026-01.csv", lines(PERSONS_HEADER, f"QX-77-2,{ZYX}", f"S2,{MARIE}"))
    drop(
        settings,
        "clinic",
        "persons_2026-02_Wrongly.csv",
        lines(PERSONS_HEADER, "QW-88-1,Wrongly,Wronglyson,1931-01-02,F,G1A 1A1,,,", f"C1,{MARIE}"),
    )
    run_dorsale(settings, "build", "--no-site")
    return settings


def visits(*persons: str) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        sheet = workbook.add_worksheet("Visits")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["number", "id", "program", "day", "status"])
        for n, person in enumerate(persons, 1):
            sheet.write_row(n, 0, [f"V{n}", person, "P1"])
            sheet.write_datetime(n, 3, date(2026, 1, n), day)  # type: ignore[arg-type]
            sheet.write_string(n, 4, "attended")
        workbook.add_worksheet("Notes").write(0, 0, "Zyx again")
    return target.getvalue()


@pytest.fixture
def copy(before: Settings, tmp_path: Path) -> Settings:
    """The same, to be changed by one test."""
    shutil.copytree(before.data, tmp_path / "data", symlinks=True)
    return replace(before, data=tmp_path / "data", site=tmp_path / "site")


def submission_of(settings: Settings, file_name: str) -> str:
    """The id of a file's submission, by its receipt."""
    for path in settings.archive.glob("??/*.json"):
        receipt = json.loads(path.read_text(encoding="utf-8"))
        if any(sighting["path"] == file_name for sighting in receipt["sightings"]):
            return str(receipt["sha256"])
    raise AssertionError(file_name)


def found_in(settings: Settings, canaries: tuple[str, ...]) -> list[tuple[str, str]]:
    """Files below data/, but for raw/ and releases/, that hold a canary in their name, bytes or values."""
    found = []
    for path in sorted(settings.data.rglob("*")):
        parts = path.relative_to(settings.data).parts
        if path.is_file() and parts[0] not in ("raw", "releases"):
            text = (str(parts) + everything_of(path) + "".join(members_of(path))).casefold()
            text += text.replace(" ", "").replace("-", "")
            found += [("/".join(parts), canary) for canary in canaries if canary in text]
    return found


def members_of(path: Path) -> Iterator[str]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name + archive.read(name).decode("utf-8", "replace")


def states(settings: Settings) -> dict[str, int]:
    return dict(
        duckdb.sql(
            f"select state, count(*) from '{settings.reference / 'submission_files.parquet'}' group by all"
        ).fetchall()
    )


def crosswalk(settings: Settings) -> dict[tuple[str, str], str]:
    rows = duckdb.sql(f"from '{settings.identity / 'person_crosswalk.parquet'}'").fetchall()
    return {(agency_id, number): shared for agency_id, number, shared in rows}


def families(settings: Settings) -> dict[str, set[str]]:
    rows = duckdb.sql(
        f"select person_id_shared, family_id_shared from '{settings.identity / 'family_members.parquet'}'"
    ).fetchall()
    return {person: {family for other, family in rows if other == person} for person, _ in rows}


def accepted_rows(settings: Settings, dataset: str) -> list[tuple[object, ...]]:
    columns = {"persons": "person_id_agency", "enrolments": "enrolment_id_agency", "contacts": "contact_id_agency"}
    return duckdb.sql(f"""select _agency_id, {columns[dataset]}, _row_number
        from '{settings.accepted / dataset}.parquet' order by all""").fetchall()


def certificate(settings: Settings, kind: str) -> tuple[dict[str, object], str]:
    (path,) = (settings.stewardship / "certificates").glob(f"*-{kind}-*.json")
    return json.loads(path.read_text(encoding="utf-8")), path.with_suffix(".md").read_text(encoding="utf-8")


def test_the_canaries_are_there_before(before: Settings) -> None:
    """Else the searches below would find nothing for want of looking."""
    rooms = {place.split("/")[0] for place, _ in found_in(before, CANARIES)}
    assert {"archive", "vault", "accepted", "identity", "journal", "warehouse.duckdb", "feedback"} <= rooms
    rooms = {place.split("/")[0] for place, _ in found_in(before, CANARIES_OF_FILE)}
    assert {"archive", "vault", "accepted", "identity", "journal", "warehouse.duckdb", "feedback"} <= rooms


def test_a_purged_file_is_gone_and_all_others_stay_as_they_are(before: Settings, copy: Settings) -> None:
    name = "persons_2026-02_Wrongly.csv"
    content = (copy.raw / "clinic" / name).read_bytes()
    (copy.raw / "clinic" / name).unlink()
    submission_id = submission_of(copy, name)
    output = run_dorsale(copy, "purge", submission_id[:8], "--because", "meant for another office")
    assert "1 files" in output
    assert found_in(copy, CANARIES_OF_FILE) == []
    run_dorsale(copy, "release", "--because", "too soon", expect=1)

    run_dorsale(copy, "build", "--no-site")
    assert found_in(copy, CANARIES_OF_FILE) == []
    assert states(copy) == {**states(before), "accepted": states(before)["accepted"] - 1, "purged": 1}
    stayed = {key: shared for key, shared in crosswalk(before).items() if key[1] != "QW-88-1"}
    assert crosswalk(copy) == stayed

    # The agency sends it again, under another name, and is told.
    drop(copy, "clinic", "persons_2026-02.csv", content)
    assert "2 purged" in run_dorsale(copy, "build", "--no-site")
    assert "2 purged" in run_dorsale(copy, "build", "--no-site", "--force"), "the same file is not counted twice"
    assert found_in(copy, CANARIES_OF_FILE) == []
    mails = [path.read_text(encoding="utf-8") for path in (copy.feedback / "clinic").glob("purged_*.txt")]
    assert len(mails) == 2
    assert all("Deleted on request" in mail for mail in mails)

    told, text = certificate(copy, "purge")
    assert (told["because"], told["removed"]["rows"]) == ("meant for another office", 2)  # type: ignore[index]
    assert "Attestation" in text
    assert "backups" in text


def test_a_purge_says_what_the_drop_folder_still_holds(copy: Settings) -> None:
    name = "persons_2026-02_Wrongly.csv"
    output = run_dorsale(copy, "purge", submission_of(copy, name)[:10], "--because", "wrong")
    assert "still holds it in 1 files" in output
    assert "Wrongly" not in output
    told, _ = certificate(copy, "purge")
    assert told["still_in_drop_folder"] == [f"clinic/{name}"]
    run_dorsale(copy, "build", "--no-site")
    assert states(copy)["purged"] == 1
    assert {place.split("/")[1] for place, _ in found_in(copy, CANARIES_OF_FILE)} <= {"certificates"}


def test_what_cannot_be_told_is_not_purged(copy: Settings) -> None:
    kept = fingerprint(copy.archive), fingerprint(copy.journal)
    assert "first 8 letters" in run_dorsale(copy, "purge", "abc", "--because", "x", expect=1)
    assert "No submission begins so" in run_dorsale(copy, "purge", "0" * 12, "--because", "x", expect=1)
    assert "Say why" in run_dorsale(copy, "purge", "0" * 12, "--because", " ", expect=1)
    assert "No partner" in run_dorsale(copy, "forget", "nobody:1", "--because", "x", expect=1)
    assert "No archived file" in run_dorsale(copy, "forget", "clinic:1", "--because", "x", expect=1)
    assert "Nobody has" in run_dorsale(copy, "forget", "p_0000", "--because", "x", expect=1)
    (copy.journal / "tombstones.key").unlink()
    assert (fingerprint(copy.archive), fingerprint(copy.journal)) == kept
    submission_id = submission_of(copy, "persons_2026-02_Wrongly.csv")
    run_dorsale(copy, "purge", submission_id, "--because", "x")
    assert "purged before" in run_dorsale(copy, "purge", submission_id, "--because", "x", expect=1)


def test_a_forgotten_person_is_gone_and_all_others_keep_their_ids(before: Settings, copy: Settings) -> None:
    # A build of a past day leaves today's warehouse beside it.
    shutil.copyfile(copy.warehouse, copy.warehouse_of_today)
    # The agencies have deleted the person from the folder, too.
    raw = copy.data.with_name("raw_before")
    shutil.move(copy.raw, raw)
    copy.raw.mkdir()
    shared = crosswalk(before)["clinic", "QX-77-1"]
    assert shared == crosswalk(before)["school", "QX-77-2"]
    output = run_dorsale(copy, "forget", shared, "--because", "asked for it")
    assert "2 persons" in output
    assert found_in(copy, (*CANARIES, shared)) == []

    run_dorsale(copy, "build", "--no-site")
    assert found_in(copy, (*CANARIES, shared)) == []
    stayed = {key: one for key, one in crosswalk(before).items() if one != shared}
    assert crosswalk(copy) == stayed
    assert families(copy) == {person: ids for person, ids in families(before).items() if person != shared}
    for dataset in ("persons", "enrolments", "contacts"):
        expected = [row for row in accepted_rows(before, dataset) if not is_theirs(row)]
        assert accepted_rows(copy, dataset) == expected, "all other rows stay, at their row numbers"
    assert states(copy) == states(before)
    told, text = certificate(copy, "forget")
    assert told["removed"]["files"] == 4  # type: ignore[index]
    assert told["still_in_drop_folder"] == []
    assert "une personne a été oubliée" in text

    # The very same files again: what is archived stays, and nothing of the person comes back.
    shutil.rmtree(copy.raw)
    shutil.move(raw, copy.raw)
    archived = sorted(path.name for path in copy.archive.rglob("*") if path.is_file())
    run_dorsale(copy, "build", "--no-site", "--force")
    assert found_in(copy, CANARIES) == []
    assert sorted(path.name for path in copy.archive.rglob("*") if path.is_file()) == archived
    assert states(copy) == states(before)


def is_theirs(row: tuple[object, ...]) -> bool:
    return str(row[1]).startswith("QX-77") or row[1] in ("E2", "V2")


def test_a_forgotten_person_in_a_later_file_is_dropped_and_the_agency_told(copy: Settings) -> None:
    run_dorsale(copy, "forget", "clinic:QX-77-1", "--because", "asked for it")
    shutil.rmtree(copy.raw / "school")
    later = lines(PERSONS_HEADER, f"QX-77-1,{ZYX.replace('Zyx', 'Anew')}", f"C3,{PAUL}")
    drop(copy, "clinic", "persons_2026-03.csv", later)
    assert "12 rows in" in run_dorsale(copy, "build", "--no-site")
    assert found_in(copy, ("anewfirst", "qx-77-1")) == []
    assert ("clinic", "C3", 3) in accepted_rows(copy, "persons")
    assert ("school", "QX-77-2") in crosswalk(copy), "the other agency's number was not asked for"
    mails = [path.read_text(encoding="utf-8") for path in (copy.feedback / "clinic").glob("persons_2026-03_*.txt")]
    assert "Rows of persons who were forgotten" in mails[0]


Request = Callable[[Settings], object]


def ask_purge(settings: Settings) -> object:
    submission_id = submission_of(settings, "persons_2026-02_Wrongly.csv")
    return request_purge(settings, load_expectations(settings.expectations), submission_id, "x", date(2026, 3, 31))


def ask_forget(settings: Settings) -> object:
    shared = crosswalk(settings)["clinic", "QX-77-1"]
    return request_forget(settings, load_expectations(settings.expectations), shared, "x", date(2026, 3, 31))


@pytest.mark.parametrize(
    ("ask", "canaries"),
    [pytest.param(ask_purge, CANARIES_OF_FILE, marks=pytest.mark.long), (ask_forget, CANARIES)],
)
def test_a_removal_that_broke_off_is_completed_by_the_next_build(
    copy: Settings, ask: Request, canaries: tuple[str, ...]
) -> None:
    """The command was killed after the tombstone: nothing is removed yet."""
    ask(copy)
    assert found_in(copy, canaries)
    shutil.rmtree(copy.raw)
    assert "1 removals completed" in run_dorsale(copy, "build", "--no-site")
    assert found_in(copy, canaries) == []
    assert len(list((copy.stewardship / "certificates").glob("*.json"))) == 1


# Begins a removal and is killed at one of its changes to the disk.
BROKEN_OFF = """
import datetime, os, pathlib, shutil, sys
from dagster_project.contracts import load_expectations
from dagster_project.removal import completing
from dagster_project.settings import Settings
at, settings = int(sys.argv[1]), Settings.from_environment()
done = 0
def killed_at(change):
    def counted(*args, **named):
        global done
        done += 1
        if done == at:
            os.kill(os.getpid(), 9)
        return change(*args, **named)
    return counted
for owner, name in ((pathlib.Path, "replace"), (pathlib.Path, "unlink"), (shutil, "rmtree")):
    setattr(owner, name, killed_at(getattr(owner, name)))
completing.complete_removals(settings, load_expectations(settings.expectations), datetime.date(2026, 3, 31))
print(done)
"""


@pytest.mark.long
@pytest.mark.parametrize(("ask", "canaries"), [(ask_purge, CANARIES_OF_FILE), (ask_forget, CANARIES)])
def test_a_removal_killed_anywhere_is_completed_when_it_is_run_again(
    copy: Settings, ask: Request, canaries: tuple[str, ...], tmp_path: Path
) -> None:
    ask(copy)
    shutil.rmtree(copy.raw)
    copy.raw.mkdir()
    expectations = load_expectations(copy.expectations)
    # DORSALE_EVERY=1 kills at each of them.
    for at in range(3, 1_000, int(os.environ.get("DORSALE_EVERY", "6"))):
        broken = replace(copy, data=tmp_path / f"killed_{at}")
        shutil.copytree(copy.data, broken.data, symlinks=True)
        environment = {**os.environ, "DORSALE_DATA": str(broken.data), "DORSALE_EXPECTATIONS": str(copy.expectations)}
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", BROKEN_OFF, str(at)], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
        complete_removals(broken, expectations, date(2026, 3, 31))
        assert found_in(broken, canaries) == [], f"killed at change {at}"
        assert not any(tombstone.pending for tombstone in load_tombstones(broken))
        shutil.rmtree(broken.data)
    assert at > 20, "there are so many changes at least"


@pytest.mark.long
def test_a_file_that_cannot_be_written_again_is_left_whole_and_the_remedy_told(copy: Settings) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        sheet = workbook.add_worksheet("Visits")
        for n, row in enumerate((["number", "id", "program", "day", "status"], ["V1", "QX-77-1"], ["V2", "C1"])):
            sheet.write_row(n, 0, row)
        sheet.merge_range(2, 2, 2, 3, "P1")
    drop(copy, "clinic", "visits_2026-02.xlsx", target.getvalue())
    run_dorsale(copy, "build", "--no-site")
    archived = fingerprint(copy.archive)
    output = run_dorsale(copy, "forget", "clinic:QX-77-1", "--because", "x", expect=1)
    submission_id = submission_of(copy, "visits_2026-02.xlsx")
    assert submission_id[:8] in output
    assert "dorsale purge" in output
    assert fingerprint(copy.archive) == archived
    assert not copy.tombstones.exists()
    run_dorsale(copy, "purge", submission_id[:8], "--because", "x")
    run_dorsale(copy, "forget", "clinic:QX-77-1", "--because", "x")

    # Nor is the person counted, or a file left out without a word, when such a file comes later.
    drop(copy, "clinic", "visits_2026-03.xlsx", target.getvalue() + b" ")
    output = run_dorsale(copy, "build", "--no-site", expect=1)
    assert submission_of(copy, "visits_2026-03.xlsx")[:8] in output
    assert "dorsale purge" in output
