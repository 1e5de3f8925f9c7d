"""The `dorsale` command: thin; each command calls one module and prints.

Belongs here: arguments, messages, exit codes. Stays out: work. Slow libraries are imported by the
commands that use them.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dagster_project.contracts import Expectations, ExpectationsError, load_expectations
from dagster_project.progress import console
from dagster_project.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

EXIT_FAILED, EXIT_EXPECTATIONS = 1, 4


@app.callback()
def dorsale() -> None:
    """Dorsale: the shared-measurement warehouse of a collective-impact initiative."""


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
    day = _build_day(_expectations(settings))
    settings.raw.mkdir(parents=True, exist_ok=True)
    inputs = inputs_fingerprint(settings, day)
    known, summary = last_build(settings)
    if known != inputs or force or summary is None:
        try:
            run_build(settings, "build" if site else "warehouse")
        except BuildError as error:
            _fail(str(error))
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
    from dagster_project.whole_files import point_to

    settings = Settings.from_environment()
    if not because.strip():
        _fail("Say why this release is made: readers see it.")
    try:
        aside, target = publication.prepare_release(settings, because, datetime.now(UTC).date())
        folder = site.prepare_site(settings, aside, site.site_version(settings, aside))
    except (FileNotFoundError, site.SiteError) as error:
        _fail(str(error))
    # Everything that can fail is done: what follows are renames.
    target.parent.mkdir(parents=True, exist_ok=True)
    aside.rename(target)
    point_to(settings.published, target)
    site.switch_site(settings, folder)
    console.print(f"Released {target.name}: {_relative(settings, target)}", highlight=False)


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
        _fail("There is no site yet: run make build first.")
    handler = partial(SimpleHTTPRequestHandler, directory=str(settings.site))
    console.print(f"The site: http://localhost:{port}  (Ctrl+C ends)", highlight=False)
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("Ended.")


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="Any sheet: CSV, text, workbook or zip.")],
    out: Annotated[Path, typer.Argument(help="Where to write what was understood, as CSV.")],
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook, or member of a zip.")] = None,
) -> None:
    """Write a file as intake reads it: one table, all text, header first."""
    import csv

    from dagster_project.intake.detection import read_any
    from dagster_project.intake.reading import UnusableFileError

    settings = Settings.from_environment()
    if not file.is_file():
        _fail("There is no such file.")
    try:
        table = read_any(file, sheet)
    except UnusableFileError as error:
        words = _expectations(settings).finding_words[error.rule_id]
        _fail(words.message["en"].format(sheet=error.sheet or "1", column="") + " " + words.remedy["en"])
    cells = table.rows.select([f"c{n}" for n in range(len(table.headers))]).to_pydict()
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.headers)
        writer.writerows(zip(*cells.values(), strict=True))
    console.print(f"{table.rows.num_rows} rows in {len(table.headers)} columns.")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The file to judge.")],
    agency: Annotated[str, typer.Option(help="agency_id of the partner.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the judgement as JSON.")] = False,
) -> None:
    """Judge a file without storing it; exit 0 clean, 1 warnings, 2 rows quarantined, 3 file rejected."""
    import json
    from dataclasses import asdict

    from dagster_project.check_file import EXIT_CODES, check_file
    from dagster_project.contracts.yaml_places import did_you_mean

    settings = Settings.from_environment()
    if not file.is_file():
        console.print("There is no such file.")
        raise typer.Exit(EXIT_CODES["reject"])
    expected = _expectations(settings)
    if agency not in expected.agreements and not as_json:
        remedy = did_you_mean(agency, expected.agreements)
        console.print(f"There is no agreement of '{agency}'. {remedy}", highlight=False)
        raise typer.Exit(EXIT_CODES["reject"])
    judgement = check_file(settings, expected, file, agency)
    if as_json:
        typer.echo(json.dumps(asdict(judgement), ensure_ascii=False, indent=1))
    else:
        for found in judgement.findings:
            place = " ".join(str(part) for part in (found.sheet, found.row, found.column) if part)
            console.print(
                f"{found.severity:<10} {place}: {found.message} {found.remedy}", markup=False, highlight=False
            )
        tally = judgement.tally
        console.print(
            f"{tally.rows_in} rows in = {tally.rows_accepted} accepted + {tally.rows_quarantined} quarantined"
        )
    raise typer.Exit(EXIT_CODES[judgement.verdict])


@app.command()
def pseudonymise(
    file: Annotated[Path, typer.Argument(help="Your own extract, as your agreement describes it.")],
    agency: Annotated[str, typer.Option(help="agency_id of the partner.")],
    out: Annotated[Path, typer.Option(help="Folder for what may be sent.")] = Path("tokens"),
) -> None:
    """At an agency that may not share names: replace personal columns by keyed tokens.

    The key is read from the file named by DORSALE_TOKEN_KEY_FILE, or from DORSALE_TOKEN_KEY.
    """
    from dagster_project.identity.tokens import KEY_FILE_VARIABLE, TokenKeyError, token_key
    from dagster_project.pseudonymise import UnusableForTokensError
    from dagster_project.pseudonymise import pseudonymise as make_tokens

    settings = Settings.from_environment()
    expected = _expectations(settings)
    agreement = expected.agreements.get(agency)
    if agreement is None:
        _fail(f"There is no agreement of '{agency}' in {settings.expectations / 'partners'}.")
    if not file.is_file():
        _fail("There is no such file.")
    try:
        key = token_key()
    except TokenKeyError as error:
        _fail(str(error))
    if key is None:
        _fail(f"Name the file that holds the token key: {KEY_FILE_VARIABLE}=/path/to/key dorsale pseudonymise ...")
    try:
        made = make_tokens(settings, expected, file, agency, key, out)
    except UnusableForTokensError as error:
        language = agreement.language
        words = [expected.finding_words[rule_id] for rule_id in error.rule_ids]
        _fail(" ".join(f"{w.message[language]} {w.remedy[language]}".format(sheet="", column="") for w in words))
    for dataset, rows in made.rows.items():
        console.print(f"{dataset}: {rows} rows")
    console.print(f"{made.persons_with_tokens} persons with tokens, no name and no date of birth")
    console.print(f"Send        {made.zip_path}", highlight=False, soft_wrap=True)
    console.print(f"Agreement   {made.agreement_path}  (once, to the backbone)", highlight=False, soft_wrap=True)
    console.print("Tokens remain personal information: send them by the safe way that your agreement names.")


@app.command()
def undo(
    event: Annotated[str, typer.Argument(help="event_id in data/stewardship/ledger.csv.")],
    because: Annotated[str, typer.Option(help="Why; no names. It stays in the journal.")],
) -> None:
    """Undo a merge or a split of persons; the next build follows, and the old ids come back."""
    import duckdb

    from dagster_project.identity.decisions import UnknownEventError
    from dagster_project.identity.decisions import undo as undo_event

    settings = Settings.from_environment()
    day = _build_day(_expectations(settings))
    try:
        with duckdb.connect() as connection:
            pairs = undo_event(connection, settings, event, because, day)
    except UnknownEventError:
        _fail("The ledger holds no such event of persons. Look in data/stewardship/ledger.csv.")
    console.print(f"{pairs} pairs decided. Run make build to follow.")


@app.command()
def demo(
    scale: Annotated[int, typer.Option(help="How many times the families.")] = 1,
    seed: Annotated[int, typer.Option(help="Another seed gives another region.")] = 20250101,
) -> None:
    """Write the demonstration partners' files into the drop folder."""
    from dagster_project.demonstration import write_demonstration

    settings = Settings.from_environment()
    write_demonstration(settings.raw, scale, seed)
    console.print(f"Wrote the demonstration partners to {_relative(settings, settings.raw)}.", highlight=False)


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
    }
    for path in settings.data.iterdir():
        if path in kept:
            continue
        if path.is_symlink() or path.is_file():
            path.unlink()
        else:
            shutil.rmtree(path)


def _expectations(settings: Settings) -> Expectations:
    try:
        return load_expectations(settings.expectations)
    except ExpectationsError as error:
        console.print("[red]The expectations cannot be used as they are:[/]")
        for problem in error.problems:
            console.print(f"  {problem}", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(EXIT_EXPECTATIONS) from None


def _build_day(expected: Expectations) -> date:
    given = os.environ.get("AS_OF")
    if given:
        try:
            return date.fromisoformat(given)
        except ValueError:
            _fail("AS_OF is no day: write it as YYYY-MM-DD.")
    return expected.initiative.as_of or datetime.now(UTC).date()


def _build_site(settings: Settings) -> None:
    from dagster_project import site
    from dagster_project.progress import step

    if not (settings.published / "datapackage.json").exists():
        _fail("Nothing is published yet: run make build first.")
    with step("site") as progress:
        try:
            is_new = site.build_site(settings, settings.published, progress.advance)
        except site.SiteError as error:
            _fail(str(error))
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
        f"Tables    {_relative(settings, settings.published)}",
        f"Feedback  {_relative(settings, settings.feedback)}  (private)",
    ]
    if has_site:
        lines.append(f"Site      {_relative(settings, settings.site)}  (make serve)")
    console.print()
    for line in lines:
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"  {seconds:.1f} s in all", highlight=False)


def _relative(settings: Settings, path: Path) -> str:
    return os.path.relpath(path, settings.project) if path.is_relative_to(settings.project) else str(path)


def _fail(message: str) -> NoReturn:
    console.print(f"[red]{message}[/]" if len(message) < 200 else message, highlight=False, soft_wrap=True)
    raise typer.Exit(EXIT_FAILED)


if __name__ == "__main__":
    app()
