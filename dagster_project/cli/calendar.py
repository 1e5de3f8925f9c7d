"""Commands of the analyst about what came and what did not: the calendar, reminders, letting a held file through.

Belongs here: arguments, messages, exit codes. Stays out: work.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.app import alone, app, build_day, expectations_of, fail, relative, require_today
from dagster_project.progress import console
from dagster_project.settings import Settings

if TYPE_CHECKING:
    from dagster_project.calendar_status import AgencyStatus, Calendar
    from dagster_project.operations_status import Operations

COLUMNS = ("due", "received", "nil", "late", "missing", "rejected", "held", "resubmitted", "superseded")
OUTCOMES = {
    "begun": "under way, or killed",
    "built": "ended well",
    "nothing_new": "found nothing new",
    "failed": "FAILED",
}
HEADERS = ("due", "received", "nil", "late", "missing", "sent back", "held", "sent again", "replaced")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print it all as JSON (docs/operations.md).")] = False,
    reminders: Annotated[bool, typer.Option(help="Write a reminder for each agency that owes something.")] = False,
) -> None:
    """What was due from each agency, what came, who is silent, what waits for you; the last build, release, disk."""
    import json
    from dataclasses import asdict

    import duckdb

    from dagster_project.build_inputs import last_look
    from dagster_project.calendar_status import NoBuildError, files_without_period, read_calendar
    from dagster_project.operations_status import read_operations
    from dagster_project.reminders import write_reminders

    settings = Settings.from_environment()
    expected = expectations_of(settings)
    try:
        calendar = read_calendar(settings)
    except NoBuildError:
        fail("Nothing was built yet: run make build first.")
    except duckdb.Error:
        # An earlier version's warehouse lacks columns.
        fail("The warehouse was built by an earlier version: run make build first.")
    if reminders:
        require_today(settings)
    written = write_reminders(settings, expected, calendar) if reminders else []
    looked = last_look(settings)
    operations = read_operations(settings, expected, calendar, build_day(settings, expected))
    if as_json:
        everything = {**asdict(calendar), "drop_folder": looked, **asdict(operations)}
        typer.echo(json.dumps(everything, default=str, indent=1))
        return
    _show_failures(looked, operations)
    for agency_id, count in files_without_period(settings):
        told = f"SENT BACK  {count} files whose name is none agreed upon: data/feedback/{agency_id}"
        if agency_id == "unknown":
            told = f"NOBODY'S  {count} files lie in no partner's folder; data/feedback says what to do"
        console.print(told, style="yellow", highlight=False, markup=False, soft_wrap=True)
    _show(calendar)
    for line in _operations_lines(operations):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for path in written:
        console.print(f"Reminder  {relative(settings, path)}  (private)", highlight=False, soft_wrap=True)
    if reminders and not written:
        console.print("No agency owes anything: no reminder was written.")


def _show_failures(looked: dict[str, str | None], operations: Operations) -> None:
    """What stopped by itself, and nobody may have noticed."""
    failures = []
    if operations.build.outcome == "failed":
        failures.append(f"FAILED  the last build, on {operations.build.ended_at}: make build says why")
    if looked.get("failure"):
        failures.append(
            f"FAILED  the sensor could not look at the drop folder on {looked['looked_at']}: {looked['failure']}"
        )
    for told in failures:
        console.print(told, style="bold red", highlight=False, markup=False, soft_wrap=True)


def _show(calendar: Calendar) -> None:
    """The loudest first: who stopped sending; then what waits for a person; then every agency and dataset."""
    for agency in calendar.agencies:
        if agency.silent_since is not None:
            console.print(_silence(agency), style="bold red", highlight=False, markup=False, soft_wrap=True)
    for agency in calendar.agencies:
        for held in agency.held:
            letters = held.submission_id[:8]
            told = f"HELD    {letters} of {agency.agency_id}, {held.period_start} to {held.period_end}: "
            told += ", ".join(held.rules)
            console.print(told, style="yellow", highlight=False, markup=False, soft_wrap=True)
            command = f'        if it is right: dorsale accept {letters} --because "..."'
            console.print(command, highlight=False, markup=False, soft_wrap=True)
    for agency in calendar.agencies:
        for (start, end, due), owed in groupby(agency.owed, key=lambda o: (o.period_start, o.period_end, o.due_date)):
            datasets = ", ".join(f"{o.dataset} (sent back)" if o.state == "rejected" else o.dataset for o in owed)
            told = f"OWED    {agency.agency_id}, {start} to {end}, due on {due}: {datasets}"
            console.print(told, style="yellow", highlight=False, markup=False, soft_wrap=True)
    console.print(f"As of {calendar.as_of}; periods by dataset", highlight=False)
    widths = [max(len(header), 5) for header in HEADERS]
    heads = "".join(f"{header:>{width + 2}}" for header, width in zip(HEADERS, widths, strict=True))
    console.print(f"{'':<30}{heads}", highlight=False, soft_wrap=True)
    for agency in calendar.agencies:
        console.print(agency.agency_id, style="bold", highlight=False, markup=False)
        for dataset in agency.datasets:
            counts = [getattr(dataset, name) for name in COLUMNS]
            # A nought is left out, so that the eye finds what there is.
            cells = "".join(f"{count or '':>{width + 2}}" for count, width in zip(counts, widths, strict=True))
            is_bad = dataset.missing or dataset.rejected or dataset.held
            look = "yellow" if is_bad else None
            console.print(f"  {dataset.dataset:<28}{cells}", style=look, highlight=False, markup=False, soft_wrap=True)


def _operations_lines(operations: Operations) -> list[str]:
    """How the installation is, a line for each thing."""
    build, waiting = operations.build, operations.waiting
    outcome = OUTCOMES.get(str(build.outcome), "is not known")
    new = "nothing new since" if build.is_current else "a build would find something new: make build"
    free, total = operations.disk.free_bytes / 1e9, operations.disk.total_bytes / 1e9
    pairs = "cannot be read" if waiting.review_pairs is None else f"{waiting.review_pairs} pairs wait"
    lines = [
        f"Build     {outcome}, {build.ended_at or build.began_at or 'no day'}; {new}",
        f"Release   {operations.release or 'none yet'}",
        f"Disk      {free:.1f} GB free of {total:.1f} GB",
        f"Steward   {pairs} in data/stewardship/review.xlsx, {waiting.workbooks_put_aside} workbooks put aside",
    ]
    past = sum(one.count for one in operations.past_retention)
    return [*lines, f"Retention {past} files and rows are past their time: dorsale expire"] if past else lines


def _silence(agency: AgencyStatus) -> str:
    periods = "1 period" if agency.silent_periods == 1 else f"{agency.silent_periods} periods"
    told = f"SILENT  {agency.agency_id}: nothing for {periods}, since what was due on {agency.silent_since}; "
    if agency.last_received is None:
        return told + "nothing was ever received"
    return told + (
        f"last received on {agency.last_received}, for {agency.last_period_start} to {agency.last_period_end}"
    )


@app.command()
def accept(
    submission: Annotated[str, typer.Argument(help="The submission's id, or its first 8 letters at least.")],
    because: Annotated[str, typer.Option(help="Why it is right as it is; no names. It stays in the journal.")],
) -> None:
    """Let a held submission through: the next build counts it."""
    from dagster_project.validation.pauses import UnknownPauseError, accept_pause

    if not because.strip():
        fail("Say why this submission is right as it is; no names.")
    settings = Settings.from_environment()
    try:
        with alone(settings, "accept"):
            accepted = accept_pause(settings, submission, because.strip(), datetime.now(UTC).date())
    except UnknownPauseError as error:
        fail(str(error))
    console.print(f"Accepted {accepted[:8]}. Run make build to count it.", highlight=False)
