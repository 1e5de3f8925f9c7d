"""Commands on single files of partners: read, check, replace names by tokens.

Belongs here: arguments, messages, exit codes. Stays out: work.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.app import app, expectations_of, fail, relative
from dagster_project.feedback.findings import Finding
from dagster_project.progress import console
from dagster_project.rooms import make_rooms
from dagster_project.settings import Settings

# Rows that a line of a judgement names.
MOST_ROWS = 20


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="Any sheet: CSV, text, workbook or zip.")],
    out: Annotated[Path, typer.Argument(help="Where to write what was understood, as CSV.")],
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook, or member of a zip.")] = None,
) -> None:
    """Write a file as intake reads it: one table, all text, header first."""
    import csv
    from collections import Counter

    from dagster_project.intake.detection import read_any
    from dagster_project.intake.reading import UnusableFileError
    from dagster_project.intake.reading.pool import read_apart

    if not file.is_file():
        fail("There is no such file.")
    try:
        table = read_apart(read_any, file, sheet)
    except UnusableFileError as error:
        words = expectations_of(Settings.from_environment()).finding_words[error.rule_id]
        fail(words.message["en"].format(sheet=error.sheet or "1", column="") + " " + words.remedy["en"])
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        if table.headers:
            writer.writerow(table.headers)
        writer.writerows(table.rows)
    console.print(f"{len(table.rows)} rows in {len(table.headers)} columns.")
    for noticed in table.noticed:
        console.print(f"{noticed.rule_id}" + (f" from row {noticed.row}" if noticed.row else ""), highlight=False)
    for rule_id, count in Counter(row.rule_id for row in table.faulty).items():
        places = [str(row.number) for row in table.faulty if row.rule_id == rule_id]
        shown = ", ".join(places[:20]) + (", ..." if count > 20 else "")
        console.print(f"{rule_id}: {count} rows ({shown})", highlight=False)


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
    expected = expectations_of(settings)
    if agency not in expected.agreements and not as_json:
        remedy = did_you_mean(agency, expected.agreements)
        console.print(f"There is no agreement of '{agency}'. {remedy}", highlight=False)
        raise typer.Exit(EXIT_CODES["reject"])
    judgement = check_file(settings, expected, file, agency)
    if as_json:
        typer.echo(json.dumps(asdict(judgement), ensure_ascii=False, indent=1))
    else:
        for line in _grouped_lines(judgement.findings):
            console.print(line, markup=False, highlight=False)
        tally = judgement.tally
        console.print(
            f"{tally.rows_in} rows in = {tally.rows_accepted} accepted + {tally.rows_quarantined} quarantined"
        )
    raise typer.Exit(EXIT_CODES[judgement.verdict])


def _grouped_lines(findings: list[Finding]) -> list[str]:
    """One line for each thing to do, with the rows that it is about."""
    rows: dict[tuple[str, ...], list[int]] = {}
    for found in findings:
        key = (found.severity, found.code, found.sheet, found.column, found.message, found.remedy)
        rows.setdefault(key, []).extend([found.row] if found.row else [])
    lines = []
    for (severity, code, sheet, column, message, remedy), numbers in rows.items():
        shown = ", ".join(map(str, numbers[:MOST_ROWS])) + (", ..." if len(numbers) > MOST_ROWS else "")
        count = f"{len(numbers)} rows: {shown}" if len(numbers) > 1 else f"row {shown}" if numbers else ""
        place = ", ".join(part for part in (sheet, column, count) if part)
        lines.append(
            f"{severity:<10} {code} ({place}): {message} {remedy}"
            if place
            else f"{severity:<10} {code}: {message} {remedy}"
        )
    return lines


@app.command()
def take(
    files: Annotated[list[Path], typer.Argument(help="Files that came by hand or by e-mail, under any name.")],
    agency: Annotated[str | None, typer.Option(help="agency_id of the partner, when it is known.")] = None,
    month: Annotated[str | None, typer.Option(help="The month that the file is of: YYYY-MM.")] = None,
    received: Annotated[str | None, typer.Option(help="The day it came, if not today: YYYY-MM-DD.")] = None,
    correction: Annotated[bool, typer.Option(help="It holds only rows that were put right.")] = False,
) -> None:
    """File what came another way: recognise whose and of which month it is, or ask; copy to the drop folder."""
    from dagster_project.intake.reading import UnusableFileError
    from dagster_project.taking import agreed_name, file_away, recognise_file

    settings = Settings.from_environment()
    expected = expectations_of(settings)
    make_rooms(settings)
    stated, day = _month(month), _day(received)
    for number, file in enumerate(files, 1):
        if not file.is_file():
            fail(f"File {number}: there is no such file.")
        try:
            found = recognise_file(settings, expected, file, agency)
        except UnusableFileError as error:
            words = expected.finding_words[error.rule_id]
            fail(f"File {number}: {words.message['en']} {words.remedy['en']}")
        candidate = found.candidates[0]
        if not found.is_sure:
            choices = list(dict.fromkeys(c.agreement.agency_id for c in found.candidates[:5]))
            chosen = _choose(f"File {number}: whose is it?", choices, "--agency")
            candidate = next(c for c in found.candidates if c.agreement.agency_id == chosen)
        period = candidate.agreement.period_of(stated) if stated else found.period
        if stated and period and found.period and found.period != period:
            console.print(f"File {number}: its rows or its name tell of {found.period.start:%Y-%m}; filed as you say.")
        if period is None or not (stated or found.is_period_sure):
            proposed = f"{period.start:%Y-%m}" if period else None
            answer = _ask(f"File {number}, {candidate.agreement.agency_id}: of which month is it?", proposed, "--month")
            period = candidate.agreement.period_of(_month(answer) or day)
        name = agreed_name(candidate, period, file.name, correction)
        if (settings.raw / candidate.agreement.agency_id / name).exists():
            console.print(f"File {number}: a file of this name is there; the next build takes the later one instead.")
        target = file_away(settings, file, candidate.agreement.agency_id, name, day)
        console.print(f"{relative(settings, target)}", highlight=False, soft_wrap=True)
    console.print("Run make build to read what was filed.")


def _choose(question: str, choices: list[str], option: str) -> str:
    answer = _ask(f"{question} ({', '.join(choices)})", choices[0], option)
    if answer not in choices:
        fail(f"Choose one of {', '.join(choices)}.")
    return answer


def _ask(question: str, proposed: str | None, option: str) -> str:
    """The answer of the person at the terminal; without one, what option to give instead."""
    if not sys.stdin.isatty():
        fail(f"{question} There is nobody to ask: say it with {option}.")
    return str(typer.prompt(question, default=proposed))


def _month(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        fail("Write the month as YYYY-MM.")


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        fail("Write the day as YYYY-MM-DD.")


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
    expected = expectations_of(settings)
    agreement = expected.agreements.get(agency)
    if agreement is None:
        fail(f"There is no agreement of '{agency}' in {settings.expectations / 'partners'}.")
    if not file.is_file():
        fail("There is no such file.")
    try:
        key = token_key()
    except TokenKeyError as error:
        fail(str(error))
    if key is None:
        fail(f"Name the file that holds the token key: {KEY_FILE_VARIABLE}=/path/to/key dorsale pseudonymise ...")
    try:
        made = make_tokens(settings, expected, file, agency, key, out)
    except UnusableForTokensError as error:
        language = agreement.language
        words = [expected.finding_words[rule_id] for rule_id in error.rule_ids]
        fail(" ".join(f"{w.message[language]} {w.remedy[language]}".format(sheet="", column="") for w in words))
    for dataset, rows in made.rows.items():
        console.print(f"{dataset}: {rows} rows")
    console.print(f"{made.persons_with_tokens} persons with tokens, no name and no date of birth")
    console.print(f"Send        {made.zip_path}", highlight=False, soft_wrap=True)
    console.print(f"Agreement   {made.agreement_path}  (once, to the backbone)", highlight=False, soft_wrap=True)
    console.print("Tokens remain personal information: send them by the safe way that your agreement names.")
