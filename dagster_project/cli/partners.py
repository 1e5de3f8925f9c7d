"""Commands about partners: begin an initiative, take a partner in by its files, its template and its mirror.

Belongs here: arguments, questions, messages, exit codes. Stays out: work.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.app import app, build_day, expectations_of, fail, relative, require_today
from dagster_project.cli.onboard_questions import onboard_known, onboard_new
from dagster_project.cli.start_questions import ask, closing_words
from dagster_project.contracts import Agreement, Expectations, ExpectationsError
from dagster_project.contracts.yaml_places import did_you_mean
from dagster_project.progress import console
from dagster_project.rooms import make_rooms
from dagster_project.settings import Settings
from dagster_project.start_answers import (
    PARTNER_FORM,
    YEAR_FORM,
    ZONE_FORM,
    UnclearAnswerError,
    default_answers,
)
from dagster_project.whole_files import write_whole


@app.command()
def start(
    name_en: Annotated[str | None, typer.Option(help="Name of the initiative in English.")] = None,
    name_fr: Annotated[str | None, typer.Option(help="Name of the initiative in French.")] = None,
    languages: Annotated[str | None, typer.Option(help="Its languages: en, fr, or en,fr.")] = None,
    contact: Annotated[str | None, typer.Option(help="Whom partners and readers may ask.")] = None,
    first_month: Annotated[str | None, typer.Option(help="First month of the measures, YYYY-MM.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help=f"A zone: {ZONE_FORM}. Repeat it.")] = None,
    year: Annotated[list[str] | None, typer.Option(help=f"A reporting year: {YEAR_FORM}. Repeat it.")] = None,
    partner: Annotated[list[str] | None, typer.Option(help=f"A first partner: {PARTNER_FORM}. Repeat it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the defaults for what is not said, and do not ask.")] = False,
    yes_remove: Annotated[
        bool, typer.Option("--yes-remove", help="Remove what is in data/ even where it is not the demonstration's.")
    ] = False,
) -> None:
    """Turn a clone into an empty initiative: the demonstration goes, your own expectations are written."""
    from dagster_project import start as starting

    settings = Settings.from_environment()
    foreign = starting.foreign_to_demonstration(settings)
    if foreign.anything and not yes_remove:
        other = "initiative.yml is not the demonstration's. " if foreign.is_other_initiative else ""
        fail(
            f"Nothing was changed: this is not the demonstration alone. {other}"
            f"Of others: {foreign.dropped} files in data/raw, {foreign.archived} in data/archive, "
            f"{foreign.unknown_places} other places in data. Move them away, or add --yes-remove to remove them too."
        )
    try:
        given = ask(
            default_answers(datetime.now(UTC).date()),
            not yes,
            name_en,
            name_fr,
            languages,
            contact,
            _month(first_month),
            zone,
            year,
            partner,
        )
        files = starting.new_expectations(settings, given)
    except UnclearAnswerError as error:
        fail(f"Nothing was changed. {error}")
    except ExpectationsError as error:
        fail("Nothing was changed: these answers cannot be used.\n" + "\n".join(f"  {p}" for p in error.problems))
    if not yes:
        typer.confirm(
            "The demonstration partners, their files and all that was built of them will be removed. Go on?", abort=True
        )
    commit = starting.commit_with_demonstration(settings)
    starting.start(settings, files)
    for line in closing_words(starting.is_whole_project(settings), commit):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


@app.command()
def onboard(
    agency: Annotated[str, typer.Argument(help="agency_id of the partner, new or known.")],
    files: Annotated[list[Path], typer.Argument(help="Files of its own, as it would send them; several months help.")],
    name_en: Annotated[str | None, typer.Option(help="Its name in English.")] = None,
    name_fr: Annotated[str | None, typer.Option(help="Its name in French.")] = None,
    sector: Annotated[str | None, typer.Option(help="Its sector.")] = None,
    language: Annotated[str | None, typer.Option(help="Its language: en or fr.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing; write the proposal, with what is unsure marked.")
    ] = False,
) -> None:
    """Propose a partner's agreement from its own files: datasets, headers, codes, dates; each with how sure it is."""
    from dagster_project.intake.reading import UnusableFileError

    settings = Settings.from_environment()
    expected = expectations_of(settings)
    if any(not file.is_file() for file in files):
        fail("There is no such file.")
    if not re.fullmatch("[a-z][a-z0-9_]*", agency):
        fail("Write the agency's id in small letters, digits and _.")
    try:
        if agency in expected.agreements:
            onboard_known(settings, expected, expected.agreements[agency], files, not yes)
        else:
            today = datetime.now(UTC).date()
            onboard_new(settings, expected, agency, files, (name_en, name_fr, sector, language), not yes, today)
    except UnusableFileError as error:
        words = expected.finding_words[error.rule_id]
        fail(
            words.message["en"].format(sheet=error.sheet or "1", column="", row=error.row or "")
            + " "
            + words.remedy["en"]
        )


@app.command()
def template(
    agency: Annotated[str, typer.Argument(help="agency_id of the partner.")],
    month: Annotated[
        str | None, typer.Option(help="First month of the period, YYYY-MM; else the last full one.")
    ] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="Only these of the datasets that the agency sends.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it; else beside the agency's feedback.")] = None,
) -> None:
    """Write the blank workbook that a partner fills in, in its language; intake reads it as it is."""
    from dagster_project.template_words import template_name
    from dagster_project.templates import blank_template, template_period

    settings = Settings.from_environment()
    expected = expectations_of(settings)
    agreement = _agreement(expected, agency)
    for name in dataset or ():
        if name not in agreement.datasets:
            fail(f"The agreement of '{agency}' sends no '{name}'. {did_you_mean(name, agreement.datasets)}")
    period = template_period(agreement, _month(month), build_day(settings, expected))
    name = template_name(agreement, period)
    make_rooms(settings)
    path = out or settings.feedback / agency / name
    write_whole(path, blank_template(expected, agreement, dataset or agreement.datasets, period))
    console.print(f"Template  {relative(settings, path)}", highlight=False, soft_wrap=True)
    console.print(f"It comes back filled as {name}, in the drop folder of {agency}.", highlight=False, soft_wrap=True)


@app.command()
def mirror(
    agency: Annotated[str, typer.Argument(help="agency_id of the partner.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it; else beside the agency's feedback.")] = None,
) -> None:
    """Write a partner's own figures, none hidden from it, beside the region's published ones; for the partner alone."""
    from dagster_project.mirror import NothingToMirrorError, mirror_workbook, read_mirror

    settings = Settings.from_environment()
    require_today(settings)
    expected = expectations_of(settings)
    agreement = _agreement(expected, agency)
    try:
        found = read_mirror(settings, agency, agreement.language)
    except NothingToMirrorError:
        fail(f"There are no figures of '{agency}' yet: run make build once its files are there.")
    path = out or settings.feedback / agency / f"mirror_{found.as_of}.xlsx"
    write_whole(path, mirror_workbook(found, agreement, expected.initiative))
    console.print(f"Mirror    {relative(settings, path)}  (private)", highlight=False, soft_wrap=True)
    console.print(f"Its figures may be of few families: give it to {agency} and to nobody else.", soft_wrap=True)


def _agreement(expected: Expectations, agency: str) -> Agreement:
    found = expected.agreements.get(agency)
    if found is None:
        fail(f"There is no agreement of '{agency}'. {did_you_mean(agency, expected.agreements)}")
    return found


def _month(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        fail("The month is written as YYYY-MM, for instance 2026-03.")
