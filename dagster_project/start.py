"""Start for real: a clone with the demonstration in it becomes an empty initiative.

Belongs here: making sure that nothing but the demonstration goes, removing it, writing the new expectations. Stays out:
questions (cli), and what the answers become (start_answers.py).
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dagster_project.contracts import load_expectations
from dagster_project.contracts.yaml_places import load_document
from dagster_project.settings import Settings
from dagster_project.start_answers import Answers, agreement_text, initiative_text
from dagster_project.whole_files import write_whole

DEMONSTRATION = "demonstration"
# Where it began and should get to is each initiative's own to say.
OWN_COLUMNS = ("baseline", "baseline_date", "target", "target_date")


@dataclass(frozen=True)
class Foreign:
    """What is not the demonstration's, in counts: a file's name may be a family's."""

    is_other_initiative: bool
    dropped: int
    archived: int
    unknown_places: int

    @property
    def anything(self) -> bool:
        return bool(self.is_other_initiative or self.dropped or self.archived or self.unknown_places)


def foreign_to_demonstration(settings: Settings) -> Foreign:
    """Compare what lies in the data root with the demonstration, which is written anew for that."""
    known = _demonstration_hashes()
    dropped = [path for path in settings.raw.rglob("*") if path.is_file()]
    archived = [path.name for path in settings.archive.glob("??/*") if re.fullmatch("[0-9a-f]{64}", path.name)]
    places = [path.name for path in settings.data.iterdir()] if settings.data.is_dir() else []
    rooms = _rooms(settings)
    initiative = load_document(settings.expectations / "initiative.yml").data or {}
    return Foreign(
        is_other_initiative=initiative.get("initiative_id") != DEMONSTRATION,
        dropped=sum(hashlib.sha256(path.read_bytes()).hexdigest() not in known for path in dropped),
        archived=sum(name not in known for name in archived),
        unknown_places=sum(name.partition(".replaced-")[0] not in rooms for name in places),
    )


def _rooms(settings: Settings) -> set[str]:
    """What a build puts into the data root: every path that the settings name there."""
    paths = (getattr(settings, name) for name, kind in vars(Settings).items() if isinstance(kind, property))
    return {path.name for path in paths if path.parent == settings.data}


@lru_cache
def _demonstration_hashes() -> frozenset[str]:
    from dagster_project.demonstration import write_demonstration

    with tempfile.TemporaryDirectory(prefix="dorsale-start-") as folder:
        write_demonstration(Path(folder), 1, 20250101)
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        return frozenset(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)


def new_expectations(settings: Settings, answers: Answers) -> dict[str, str]:
    """The files to write, by path below the expectations. Raises `ExpectationsError` when our loader refuses them."""
    initiative = load_document(settings.expectations / "initiative.yml").data
    files = {"initiative.yml": initiative_text(answers, initiative)}
    for partner in answers.partners:
        files[f"partners/{partner.agency_id}.yml"] = agreement_text(partner, answers.first_month)
    with tempfile.TemporaryDirectory(prefix="dorsale-start-") as folder:
        copy = Path(folder) / "expectations"
        shutil.copytree(settings.expectations, copy, ignore=shutil.ignore_patterns("partners", "funders"))
        (copy / "partners").mkdir()
        for name, text in files.items():
            write_whole(copy / name, text.encode())
        load_expectations(copy)
    return files


def start(settings: Settings, files: dict[str, str]) -> None:
    """Remove the demonstration and write the new expectations; what git keeps of the old is still in its history."""
    for path in sorted((settings.expectations / "partners").glob("*.y*ml")):
        path.unlink()
    # The demonstration's funders ask for its zones and agencies.
    _remove_all(settings.funders)
    (settings.expectations / "partners").mkdir(exist_ok=True)
    for name, text in files.items():
        write_whole(settings.expectations / name, text.encode())
    _remove_all(settings.data)
    settings.raw.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove(settings.site)
    _remove(settings.site.with_name(f".{settings.site.name}-versions"))
    if is_whole_project(settings):
        empty_seeds(settings.dbt / "seeds")
        forbid_demonstration_files(settings.project / ".gitignore")
        _remove(settings.dbt_target)


def is_whole_project(settings: Settings) -> bool:
    """With other roots the checkout itself, its seeds and its .gitignore, is left as it is."""
    return settings.data == settings.project / "data" and settings.expectations == settings.project / "expectations"


def empty_seeds(seeds: Path) -> None:
    """Take out of the catalogue what the demonstration alone said: baselines, targets, and the notes beside curves."""
    path = seeds / "indicators.csv"
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    own = {header.index(column) for column in OWN_COLUMNS}
    emptied = [["" if n in own else cell for n, cell in enumerate(row)] for row in rows]
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows([header, *emptied])
    write_whole(path, stream.getvalue().encode())
    notes = seeds / "notes.csv"
    write_whole(notes, notes.read_bytes().splitlines(keepends=True)[0])


def forbid_demonstration_files(gitignore: Path) -> None:
    """From now on git admits nothing below data/: a partner may be called as one of the demonstration's."""
    if gitignore.is_file():
        lines = gitignore.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [
            line for line in lines if not re.match(r"!/data/raw/.+|# the drop folder holds the demonstration", line)
        ]
        write_whole(gitignore, "".join(kept).encode())


def commit_with_demonstration(settings: Settings) -> str | None:
    """The commit at which the clone still holds the demonstration, for whoever wants to run all tests."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(settings.project), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git itself, no shell
    return done.stdout.strip() or None


def _remove_all(folder: Path) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        _remove(path)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
