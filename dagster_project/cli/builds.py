"""Commands of the analyst: build, release, look at the site, begin anew.

Belongs here: arguments, messages, exit codes. Stays out: work. Slow libraries are imported by the commands that use
them.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.app import app, build_day, expectations_of, fail, relative
from dagster_project.progress import console
from dagster_project.settings import Settings


@app.command()
def build(
    site: Annotated[bool, typer.Option(help="Build the site too.")] = True,
    force: Annotated[bool, typer.Option(help="Run every step even when nothing is new.")] = False,
) -> None:
    """Drop folder to published tables and site; does nothing when nothing is new."""
    from dagster_project.build import (
        BuildError,
        inputs_fingerprint,
        last_build,
        remember_build,
        run_build,
        summarise,
    )

    started = time.perf_counter()
    settings = Settings.from_environment()
    day = build_day(expectations_of(settings))
    settings.raw.mkdir(parents=True, exist_ok=True)
    inputs = inputs_fingerprint(settings, day)
    known, summary = last_build(settings)
    if known != inputs or force or summary is None:
        try:
            run_build(settings, "build" if site else "warehouse")
        except BuildError as error:
            fail(str(error))
        summary = summarise(settings)
        remember_build(settings, inputs, summary)
    else:
        # What is published may have become a release since.
        summary = summarise(settings)
        console.print("Nothing new in the drop folder, the expectations or the models since the last build.")
        if site:
            _build_site(settings)
    _tell(settings, summary, site, time.perf_counter() - started)


@app.command()
def release(because: Annotated[str, typer.Option(help="Why this release is made; readers see it.")]) -> None:
    """Freeze the preview as the public release of today, with the list of what changed."""
    from dagster_project import publication, site
    from dagster_project.disclosure.rules import PublicationError

    settings = Settings.from_environment()
    if not because.strip():
        fail("Say why this release is made: readers see it.")
    if settings.published.exists() and not settings.warehouse.exists():
        fail("Something was removed since this preview was made: run make build first.")
    try:
        aside, target = publication.prepare_release(settings, because, datetime.now(UTC).date())
        folder = site.prepare_site(settings, aside, site.site_version(settings, aside))
    except (FileNotFoundError, PublicationError, site.SiteError) as error:
        fail(str(error))
    # Everything that can fail is done: what follows are renames.
    publication.finish_release(settings, aside, target)
    site.switch_site(settings, folder)
    site.freeze_site(settings, folder, target.name)
    console.print(f"Released {target.name}: {relative(settings, target)}", highlight=False)


@app.command(name="site")
def site_command() -> None:
    """Build the site from what is published now."""
    _build_site(Settings.from_environment())


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
def demo(
    scale: Annotated[int, typer.Option(help="How many times the families.")] = 1,
    seed: Annotated[int, typer.Option(help="Another seed gives another region.")] = 20250101,
) -> None:
    """Write the demonstration partners' files into the drop folder."""
    from dagster_project.demonstration import write_demonstration

    settings = Settings.from_environment()
    write_demonstration(settings.raw, scale, seed)
    console.print(f"Wrote the demonstration partners to {relative(settings, settings.raw)}.", highlight=False)


@app.command()
def dev() -> None:
    """Open Dagster's UI on the same graph."""
    from dagster_project.build import prepare_dagster_home

    settings = Settings.from_environment()
    prepare_dagster_home(settings)
    command = str(Path(sys.executable).parent / "dagster")
    os.execv(command, [command, "dev", "-m", "dagster_project.definitions"])  # noqa: S606


@app.command()
def clean() -> None:
    """Remove what was made and can be made again: all of data/ but raw, archive, journal, feedback and releases."""
    import shutil

    settings = Settings.from_environment()
    if not settings.data.is_dir():
        return
    kept = {
        settings.raw,
        settings.archive,
        settings.journal,
        settings.feedback,
        settings.stewardship,
        settings.releases,
        settings.released_sites,
    }
    for path in settings.data.iterdir():
        if path in kept:
            continue
        if path.is_symlink() or path.is_file():
            path.unlink()
        else:
            shutil.rmtree(path)


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


def _tell(settings: Settings, summary: object, has_site: bool, seconds: float) -> None:
    from dagster_project.build import BuildSummary

    assert isinstance(summary, BuildSummary)
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
