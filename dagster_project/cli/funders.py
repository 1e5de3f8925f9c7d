"""Commands for funders: fill a funder's own form.

Belongs here: arguments, messages, exit codes. Stays out: work.
"""

from __future__ import annotations

from typing import Annotated

import typer

from dagster_project.cli.app import EXIT_EXPECTATIONS, app, fail, relative, require_today
from dagster_project.contracts import ExpectationsError
from dagster_project.contracts.funders import funder_ids, load_funder
from dagster_project.contracts.yaml_places import did_you_mean
from dagster_project.progress import console
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole


@app.command()
def report(
    funder: Annotated[str, typer.Argument(help="funder_id of a map in expectations/funders.")],
    year: Annotated[
        str | None, typer.Option(help="A year as the site names it, 2025-2026; else the map's, or the latest.")
    ] = None,
) -> None:
    """Fill a funder's own form from the published figures; nothing that is hidden can be in it."""
    from dagster_project import funder_reports

    settings = Settings.from_environment()
    require_today(settings)
    known = funder_ids(settings.funders)
    if funder not in known:
        fail(f"There is no map of '{funder}'. {did_you_mean(funder, known) if known else 'See Adding a funder.'}")
    try:
        publication = funder_reports.read_publication(settings.published)
        found = load_funder(settings.funders / f"{funder}.yml", publication.catalogue, year)
        filled = funder_reports.fill(found, publication)
        rows = funder_reports.form_rows(filled)
    except funder_reports.NothingPublishedError:
        fail("Nothing is published yet: run make build first.")
    except ExpectationsError as error:
        console.print("[red]The form cannot be filled as its map stands:[/]")
        for problem in error.problems:
            console.print(f"  {problem}", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(EXIT_EXPECTATIONS) from None
    path = settings.reports / f"{found.funder_id}_{found.year}.xlsx"
    write_whole(path, funder_reports.report_workbook(filled, rows))
    write_whole(path.with_suffix(".csv"), funder_reports.report_csv(filled, rows))
    hidden = sum(line.figure == found.hidden for line in filled.lines)
    provisional = sum(line.is_provisional for line in filled.lines)
    console.print(f"Form      {relative(settings, path)}, and as .csv", highlight=False, soft_wrap=True)
    console.print(
        f"{len(filled.lines)} lines of {found.year}, {hidden} hidden, {provisional} provisional, "
        f"from the {publication.about['kind']} of {publication.about['published_date']}.",
        highlight=False,
        soft_wrap=True,
    )
