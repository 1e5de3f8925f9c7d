"""Commands of the analyst: build, release, look at the site, begin anew.

Belongs here: arguments, messages, exit codes. Stays out: work. Slow libraries are imported by the commands that use
them.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.app import EXIT_FAILED, alone, app, build_day, expectations_of, fail, relative
from dagster_project.progress import console
from dagster_project.rooms import make_rooms
from dagster_project.settings import Settings

if TYPE_CHECKING:
    from dagster_project.build import BuildSummary


@app.command()
def build(
    site: Annotated[bool, typer.Option(help="Build the site too.")] = True,
    force: Annotated[bool, typer.Option(help="Run every step even when nothing is new.")] = False,
) -> None:
    """Drop folder to published tables and site; does nothing when nothing is new."""
    from dagster_project.build_record import recorded

    started = time.perf_counter()
    settings = Settings.from_environment(is_build=True)
    with alone(settings, "build"):
        expected = expectations_of(settings)
        day = build_day(settings, expected)
        today = expected.initiative.as_of or datetime.now(UTC).date()
        if day > today:
            fail(f"AS_OF is a day to come: write one until {today}.")
        make_rooms(settings)
        _place_decided_release(settings)
        with recorded(settings, day) as record:
            summary, record.outcome = _built(settings, day, site, force)
            record.counts = asdict(summary)
        _tell(settings, summary, site, time.perf_counter() - started)
        if settings.known_by is not None:
            _tell_since(settings, settings.known_by)


def _built(settings: Settings, day: date, site: bool, force: bool) -> tuple[BuildSummary, str]:
    """The summary of what is there now, and whether it was built or nothing was new."""
    from dagster_project.build import BuildError, build_if_new, summarise
    from dagster_project.build_record import BUILT, NOTHING_NEW

    try:
        summary = build_if_new(settings, day, site, force)
    except BuildError as error:
        fail(str(error))
    if summary is not None:
        return summary, BUILT
    console.print("Nothing new in the drop folder, the expectations or the models since the last build.")
    if site:
        _build_site(settings)
    # What is published may have become a release since.
    return summarise(settings), NOTHING_NEW


@app.command()
def release(because: Annotated[str, typer.Option(help="Why this release is made; readers see it.")]) -> None:
    """Freeze the preview as the public release of today, with the list of what changed."""
    from dagster_project import publication, site
    from dagster_project.build import is_of_today, remember_release
    from dagster_project.disclosure.rules import PublicationError

    settings = Settings.from_environment()
    if not because.strip():
        fail("Say why this release is made: readers see it.")
    with alone(settings, "release"):
        _place_decided_release(settings)
        if settings.published.exists() and not settings.warehouse.exists():
            fail("Something was removed since this preview was made: run make build first.")
        if publication.current_publication(settings) is not None and not is_of_today(settings):
            fail("The last build did not end well, or is of a past day (AS_OF): run make build first.")
        try:
            aside, target = publication.prepare_release(settings, because, datetime.now(UTC).date())
            folder = site.prepare_site(settings, aside, site.site_version(settings, aside))
        except (FileNotFoundError, PublicationError, site.SiteError) as error:
            fail(str(error))
        # Of a release that is none yet, a kept site is shown nowhere.
        site.freeze_site(settings, folder, target.name)
        # Everything that can fail is done: what follows are renames, and a command that is killed among them is
        # completed by the next one.
        publication.decide_release(settings, aside, target)
        site.switch_site(settings, folder)
        remember_release(settings)
    console.print(f"Released {target.name}: {relative(settings, target)}", highlight=False)


@app.command(name="site")
def site_command() -> None:
    """Build the site from what is published now."""
    settings = Settings.from_environment()
    with alone(settings, "site"):
        _build_site(settings)


@app.command()
def serve(port: Annotated[int, typer.Option(help="Port on this machine.")] = 3000) -> None:
    """Look at the site in a browser on this machine."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    settings = Settings.from_environment()
    if not (settings.site / "index.html").exists():
        fail("There is no site yet: run make build first.")
    # Kept-alive connections, as a real server has them.
    SimpleHTTPRequestHandler.protocol_version = "HTTP/1.1"
    handler = partial(SimpleHTTPRequestHandler, directory=str(settings.site))
    console.print(f"The site: http://localhost:{port}  (Ctrl+C ends)", highlight=False)
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("Ended.")


@app.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> None:
    """Look whether archive, journal, tables and releases are what they were; exit 1 names what is not."""
    import json
    from dataclasses import asdict

    from dagster_project.verification import verify as verify_all

    settings = Settings.from_environment()
    if not settings.data.is_dir():
        fail("There is no data folder here: look at DORSALE_DATA.")
    with alone(settings, "verify"):
        problems, looked = verify_all(settings)
    if as_json:
        typer.echo(json.dumps({"looked_at": looked, "problems": [asdict(problem) for problem in problems]}, indent=1))
    else:
        for problem in problems:
            told = f"{problem.room}: {problem.what}\n    {problem.remedy}"
            console.print(told, highlight=False, markup=False, soft_wrap=True)
        counts = ", ".join(f"{count} in {room}" for room, count in looked.items())
        console.print(f"Looked at {counts}: {len(problems)} problems.", highlight=False)
    if problems:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def demo(
    scale: Annotated[int, typer.Option(help="How many times the families.")] = 1,
    seed: Annotated[int, typer.Option(help="Another seed gives another region.")] = 20250101,
) -> None:
    """Write the demonstration partners' files into the drop folder."""
    from dagster_project.demonstration import write_demonstration

    settings = Settings.from_environment()
    with alone(settings, "demo"):
        write_demonstration(settings.raw, scale, seed)
    console.print(f"Wrote the demonstration partners to {relative(settings, settings.raw)}.", highlight=False)


@app.command()
def dev() -> None:
    """Open Dagster's UI on the same graph."""
    from dagster_project.graph_run import prepare_dagster_home

    settings = Settings.from_environment()
    prepare_dagster_home(settings)
    command = str(Path(sys.executable).parent / "dagster")
    os.execv(command, [command, "dev", "-m", "dagster_project.definitions"])  # noqa: S606


@app.command()
def clean() -> None:
    """Remove what was made and can be made again: all of data/ but what came, was decided, logged or released."""
    import shutil

    settings = Settings.from_environment()
    kept = {
        settings.raw,
        settings.archive,
        settings.journal,
        settings.log,
        settings.feedback,
        settings.stewardship,
        settings.releases,
        settings.released_sites,
        settings.lock,
    }
    with alone(settings, "clean"):
        for path in settings.data.iterdir():
            if path in kept:
                continue
            if path.is_symlink() or path.is_file():
                path.unlink()
            else:
                shutil.rmtree(path)


def _place_decided_release(settings: Settings) -> None:
    """Complete a release whose command was ended after it was decided."""
    from dagster_project import publication

    target = publication.release_to_place(settings)
    if target is not None:
        publication.place_release(settings, target)
        console.print(f"The release {target.name} was interrupted: it stands in its place now.", highlight=False)


def _tell_since(settings: Settings, known_by: date) -> None:
    """What has changed since a past day, for a build of that day."""
    from dagster_project.since import changes_since

    since = changes_since(settings, known_by)
    console.print()
    if since is None:
        console.print("  What has changed since is told once a build of today was made (make build without AS_OF).")
        return
    for line in since.lines():
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"  Indicator by indicator: {relative(settings, since.table)}", highlight=False, soft_wrap=True)
    console.print("  These data are of a past day until the next make build without AS_OF.")


def _build_site(settings: Settings) -> None:
    from dagster_project import site
    from dagster_project.progress import step

    if not (settings.published / "datapackage.json").exists():
        fail("Nothing is published yet: run make build first.")
    with step("site") as progress:
        try:
            is_new = site.build_site(settings, settings.published, progress.advance)
        except site.SiteError as error:
            fail(str(error))
        progress.counts = "built" if is_new else "unchanged"


def _tell(settings: Settings, summary: BuildSummary, has_site: bool, seconds: float) -> None:
    states = ", ".join(f"{count} {state}" for state, count in summary.files_by_state.items())
    families = "hidden" if summary.families is None else str(summary.families)
    lines = [
        f"{summary.files_seen} files seen: {states}",
        f"{summary.rows_in} rows in = {summary.rows_accepted} accepted + {summary.rows_quarantined} quarantined",
        f"{families} families served in the latest reporting year",
        f"{summary.indicators} indicators published in {summary.cells} cells, {summary.cells_hidden} of them hidden",
        f"As of {summary.as_of}; this is a {summary.kind}"
        + (" (make release BECAUSE=... publishes it)" if summary.kind == "preview" else ""),
        f"Tables    {relative(settings, settings.published)}",
        f"Feedback  {relative(settings, settings.feedback)}  (private)",
    ]
    unconfirmed = [
        path.stem
        for path in sorted((settings.expectations / "partners").glob("*.yml"))
        if "TO CONFIRM" in path.read_text(encoding="utf-8")
    ]
    if unconfirmed:
        lines.append(f"Agreements with lines TO CONFIRM: {', '.join(unconfirmed)}")
    if has_site:
        lines.append(f"Site      {relative(settings, settings.site)}  (make serve)")
    console.print()
    for line in lines:
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"  {seconds:.1f} s in all", highlight=False)
