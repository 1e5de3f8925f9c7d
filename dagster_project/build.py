"""A build: the whole graph in this one process, or nothing when nothing is new.

Belongs here: deciding whether there is anything to do, what the last build left, telling what a build did. Stays out:
running the graph (graph_run) and the steps.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import date

from dagster_project.build_inputs import answers_fingerprint, inputs_fingerprint
from dagster_project.build_receipts import keep_receipt, note_kept
from dagster_project.graph_run import BuildError, UnforeseenError, run_job
from dagster_project.progress import console
from dagster_project.settings import Settings
from dagster_project.whole_files import fingerprint, quoted, sweep_unfinished, write_whole

__all__ = [
    "BuildError",
    "BuildSummary",
    "build_if_new",
    "is_current",
    "is_of_a_past_day",
    "is_of_today",
    "remember_release",
    "summarise",
]


@dataclass(frozen=True)
class BuildSummary:
    """What a build did, in counts."""

    files_seen: int
    rows_in: int
    rows_accepted: int
    rows_quarantined: int
    files_by_state: dict[str, int]
    families: int | None
    indicators: int
    cells: int
    cells_hidden: int
    kind: str
    as_of: str
    code_version: str = ""


@dataclass(frozen=True)
class LastBuild:
    """A build that ended well: of which inputs and answers, of which past day (None: of its own), and what it left."""

    inputs: str
    answers: str
    known_by: str | None
    made: str
    summary: BuildSummary


def build_if_new(settings: Settings, as_of: date, site: bool, force: bool) -> BuildSummary | None:
    """Build what is not of these inputs yet; None when there is nothing to do. Raises `BuildError`.

    To be called under the lock.
    """
    _sweep(settings)
    settings.raw.mkdir(parents=True, exist_ok=True)
    if not force and is_current(settings, as_of):
        return None
    inputs, last = inputs_fingerprint(settings, as_of), last_build(settings)
    if settings.known_by and last and last.known_by is None:
        # What has changed since that day is told beside it.
        settings.warehouse_of_today.unlink(missing_ok=True)
        os.link(settings.warehouse, settings.warehouse_of_today)
    # From here on nobody can say what the rooms hold, until a build has ended well.
    settings.last_build.unlink(missing_ok=True)
    _run(settings, "build" if site else "warehouse")
    if settings.known_by is None:
        settings.warehouse_of_today.unlink(missing_ok=True)
    keep_receipt(settings)
    note_kept(settings)
    return _remember(settings, inputs)


def is_current(settings: Settings, as_of: date) -> bool:
    """Whether the last build is of what lies there now, and what it left is what it was."""
    last = last_build(settings)
    return last is not None and (last.inputs, last.answers) == (
        inputs_fingerprint(settings, as_of),
        answers_fingerprint(settings),
    )


def last_build(settings: Settings) -> LastBuild | None:
    """The last build, if it ended well and what it left is still what it was."""
    if not settings.last_build.exists():
        return None
    try:
        told = json.loads(settings.last_build.read_text(encoding="utf-8"))
        last = LastBuild(**{**told, "summary": BuildSummary(**told["summary"])})
    except (ValueError, TypeError, KeyError):
        # Another version's, or damaged.
        return None
    return last if last.made == _made(settings) else None


def is_of_a_past_day(settings: Settings) -> bool:
    """Whether the last build that ended well was of a past day (`AS_OF`)."""
    try:
        return json.loads(settings.last_build.read_text(encoding="utf-8"))["known_by"] is not None
    except (OSError, ValueError, KeyError):
        return False


def is_of_today(settings: Settings) -> bool:
    """Whether what lies in the rooms is whole, and not of a past day (`AS_OF`)."""
    last = last_build(settings)
    return last is not None and last.known_by is None


def remember_release(settings: Settings) -> None:
    """What is published has become a release: the last build stays the last."""
    note_kept(settings)
    told = json.loads(settings.last_build.read_text(encoding="utf-8"))
    now = {"made": _made(settings), "answers": answers_fingerprint(settings, _asked(settings))}
    write_whole(settings.last_build, json.dumps({**told, **now}, indent=1).encode())


def _sweep(settings: Settings) -> None:
    """Partners write into the drop folder, and nobody else."""
    for room in settings.data.iterdir():
        if room.is_dir() and not room.is_symlink() and room != settings.raw:
            sweep_unfinished(room)


def _run(settings: Settings, job: str) -> None:
    try:
        run_job(settings, job)
    except UnforeseenError as error:
        if not _forget_what_is_kept(settings):
            raise
        told = f"The build stopped ({error}). What earlier builds kept may be damaged: it is made again."
        console.print(told, highlight=False, markup=False, soft_wrap=True)
        run_job(settings, job)


def _forget_what_is_kept(settings: Settings) -> bool:
    """Remove what saves work and can be made from the archive; False where there was nothing."""
    kept = [settings.extracts, settings.readings, settings.linkage, settings.drop_folder_index, settings.hiding]
    there = [path for path in kept if path.exists()]
    for path in there:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return bool(there)


def _made(settings: Settings) -> str:
    """Changes with any byte of the tables, and when something else of what a build leaves is gone."""
    digest = hashlib.sha256()
    left = [settings.vault_persons, settings.readings, settings.quarantine / "findings.parquet", settings.feedback]
    digest.update(repr([path.exists() for path in left]).encode())
    digest.update(repr(sorted(path.name for path in settings.state.glob("preview_counts-*"))).encode())
    tables = (settings.accepted, settings.reference, settings.identity, settings.warehouse, settings.published)
    for path in tables:
        if path.is_file():
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        elif path.is_dir():
            digest.update(fingerprint(path).encode())
    return digest.hexdigest()


def _asked(settings: Settings) -> str:
    """The hash of the review workbook as it was written; what a steward wrote into it since is not read yet."""
    return settings.review_asked.read_text(encoding="utf-8") if settings.review_asked.exists() else ""


def _remember(settings: Settings, inputs: str) -> BuildSummary:
    """Note what the build was made of, so that the next one knows when nothing is new."""
    summary = summarise(settings)
    last = LastBuild(
        inputs,
        answers_fingerprint(settings, _asked(settings)),
        settings.known_by.isoformat() if settings.known_by else None,
        _made(settings),
        summary,
    )
    write_whole(settings.last_build, json.dumps(asdict(last), indent=1).encode())
    return summary


def summarise(settings: Settings) -> BuildSummary:
    """The summary of what is there now."""
    import duckdb

    files = quoted(settings.reference / "submission_files.parquet")
    totals = duckdb.sql(f"""select count(*), sum(rows_in)::bigint, sum(rows_accepted)::bigint,
        sum(rows_quarantined)::bigint from {files}""").fetchall()[0]
    states = duckdb.sql(f"select state, count(*) from {files} group by all order by all").fetchall()
    published = quoted(settings.published / "publication.parquet")
    row = duckdb.sql(f"""select families_count, indicators_count, cells_count, cells_hidden, kind, as_of::varchar,
          code_version
        from {published}""").fetchall()[0]
    seen, rows_in, accepted, quarantined = (int(total or 0) for total in totals)
    return BuildSummary(seen, rows_in, accepted, quarantined, dict(states), *row)
