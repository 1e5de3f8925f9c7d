"""Changing the key of tokens, as docs/linkage.md says: a file of another key is seen, and waits; so is who was left."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from dagster_project.identity.tokens import key_mark
from dagster_project.settings import Settings
from tests.conftest import run_dorsale
from tests.integration.small_initiative import PERSONS_HEADER, drop, lines, small_settings

OLD, NEW = "o" * 64, "n" * 64
ANNE = "Anne,Roy,1980-02-03,F,G1A 1A1,418 555 0101,,1 rue Haute"
LUC = "Luc,Savard,1991-11-30,M,G1B 2B2,418 555 0202,,22 rue Basse"
LEAVES_ALONE = "tokens of another key meet nobody"


class Agency:
    """One that may not share names: at home it has the project and its own agreement, and sends tokens."""

    def __init__(self, root: Path, backbone: Settings):
        self.home = small_settings(root / "home", ("clinic", "en"))
        self.folder = root / "sent"
        self.backbone = backbone

    def send(self, key: str, month: str, *persons: str, name: str = "") -> None:
        own = f"persons_2026-{month}.csv"
        drop(self.home, "clinic", own, lines(PERSONS_HEADER, *persons))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DORSALE_TOKEN_KEY", key)
            arguments = ("--agency", "clinic", "--out", str(self.folder))
            run_dorsale(self.home, "pseudonymise", str(self.home.raw / "clinic" / own), *arguments)
        sent = f"tokens_1_2026-{month}.zip"
        drop(self.backbone, "clinic", f"tokens_1_2026-{month}{name}.zip", (self.folder / sent).read_bytes())
        shutil.copy(self.folder / "clinic.yml", self.backbone.expectations / "partners" / "clinic.yml")


def build(settings: Settings, key: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DORSALE_TOKEN_KEY", key)
        return run_dorsale(settings, "build", "--no-site")


def shared_persons(settings: Settings) -> int:
    crosswalk = settings.identity / "person_crosswalk.parquet"
    [(count,)] = duckdb.sql(f"select count(distinct person_id_shared) from '{crosswalk}'").fetchall()
    return int(count)


def held(settings: Settings) -> list[str]:
    return [line.split()[1] for line in run_dorsale(settings, "status").splitlines() if line.startswith("HELD")]


@pytest.mark.long
def test_a_key_is_changed_and_nobody_is_parted_in_silence(tmp_path: Path) -> None:
    backbone = small_settings(tmp_path, ("clinic", "en"), ("school", "en"))
    clinic = Agency(tmp_path / "clinic", backbone)
    drop(backbone, "school", "persons_2026-01.csv", lines(PERSONS_HEADER, f"S1,{ANNE}", f"S2,{LUC}"))
    clinic.send(OLD, "01", f"C1,{ANNE}", f"C2,{LUC}")
    output = build(backbone, OLD)
    assert (shared_persons(backbone), held(backbone)) == (2, [])
    assert LEAVES_ALONE not in output

    # The clinic changes its key in the middle of things, and sends only this month's persons.
    clinic.send(NEW, "02", f"C1,{ANNE}")
    build(backbone, OLD)
    [letters] = held(backbone)
    assert "token_key_changed" in run_dorsale(backbone, "status")
    assert shared_persons(backbone) == 2, "what waits parts nobody"

    # It was agreed: the backbone takes the new key, and lets the file through.
    run_dorsale(backbone, "accept", letters, "--because", "the new key")
    output = build(backbone, NEW)
    assert f"1 persons with {LEAVES_ALONE}" in output, "Luc was not sent anew"
    assert (shared_persons(backbone), held(backbone)) == (3, [])

    # All persons anew, as the procedure says: nobody is left behind, and the ids are those of before.
    clinic.send(NEW, "01", f"C1,{ANNE}", f"C2,{LUC}", name="_new_key")
    output = build(backbone, NEW)
    assert (shared_persons(backbone), held(backbone)) == (2, [])
    assert LEAVES_ALONE not in output


def test_the_mark_tells_keys_apart_and_holds_none() -> None:
    marks = {key_mark(OLD.encode()), key_mark(NEW.encode())}
    assert len(marks) == 2
    assert not any(OLD[:4] in mark or NEW[:4] in mark for mark in marks)
