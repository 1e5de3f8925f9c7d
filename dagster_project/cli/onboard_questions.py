"""The questions of `dorsale onboard`, what it says, and what it writes.

Belongs here: words at the terminal: headers and settings, never a value of a row. Stays out: proposing (onboarding/).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dagster_project.cli.app import fail, relative
from dagster_project.cli.start_questions import LANGUAGES, choice
from dagster_project.contracts import Agreement, Expectations, ExpectationsError, load_expectations
from dagster_project.progress import console
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole
from dagster_project.words import SECTORS

if TYPE_CHECKING:
    from dagster_project.onboarding.agreement import AgencyFacts
    from dagster_project.onboarding.kinds import KindProposal

Facts = tuple[str | None, str | None, str | None, str | None]


def onboard_new(
    settings: Settings,
    expected: Expectations,
    agency_id: str,
    files: Sequence[Path],
    facts: Facts,
    is_asking: bool,
    today: date,
) -> None:
    """Write the agreement of an agency that has none."""
    from dagster_project.onboarding.agreement import agreement_lines
    from dagster_project.onboarding.profile_files import profile_of_files, profiled_lines

    kinds = _asked(_proposed(expected, agency_id, files), expected, is_asking)
    told = _facts(agency_id, facts, kinds, is_asking, today)
    profile = profile_of_files(settings.expectations / "profiles", kinds)
    if profile is None and not any(kind.is_readable(t, m) for kind in kinds for t, m in kind.matches):
        fail(
            "No sheet of these files can be read as a dataset yet: look at them with dorsale read, or use the template."
        )
    lines = (
        agreement_lines(told, kinds, expected) if profile is None else profiled_lines(told, kinds, expected, profile)
    )
    path = settings.expectations / "partners" / f"{agency_id}.yml"
    _write(settings, path, "\n".join(lines) + "\n", path)
    console.print(f"Agreement  {relative(settings, path)}  (to confirm)", highlight=False, soft_wrap=True)
    console.print("Read it with the agency, line by line; make build then reads its files.")


def onboard_known(
    settings: Settings, expected: Expectations, agreement: Agreement, files: Sequence[Path], is_asking: bool
) -> None:
    """Propose changed headers, and add kinds of file that the agreement does not know."""
    from dagster_project.onboarding.agreement import kind_lines
    from dagster_project.onboarding.known_agency import (
        header_changes,
        known_file_number,
        with_new_headers,
        with_new_kinds,
    )

    path = settings.expectations / "partners" / f"{agreement.agency_id}.yml"
    numbers = {file: known_file_number(agreement, file.name) for file in files}
    changes = {
        (c.file_number, c.extract_number, c.column): c
        for file, number in numbers.items()
        if number is not None
        for c in header_changes(file, number, agreement, expected)
    }
    for change in changes.values():
        new = f"is now '{change.new}'" if change.new else "is gone, and no other header is like it"
        console.print(f"{change.dataset}.{change.column}: '{change.old}' {new}.", highlight=False, markup=False)
    text = with_new_headers(path, list(changes.values()))
    if text is None:
        fail(
            "Its headers stand in the profile that the agreement extends: write files: in the agreement to change them."
        )
    kinds = _asked(
        _proposed(expected, agreement.agency_id, [f for f, n in numbers.items() if n is None]), expected, is_asking
    )
    for kind in kinds:
        text = with_new_kinds(text, kind_lines(kind))
    if text == path.read_text(encoding="utf-8"):
        console.print("The agreement reads these files as it is." if not changes else "Nothing can be proposed for it.")
        return
    is_taken = is_asking and typer.confirm(f"Change {relative(settings, path)}?")
    target = path if is_taken else path.with_name(f"{path.name}.proposed")
    _write(settings, target, text, path)
    console.print(f"Agreement  {relative(settings, target)}", highlight=False, soft_wrap=True)
    if not is_taken:
        console.print(f"Compare it with {path.name}, and put it in its place when it is right.", highlight=False)


def _proposed(expected: Expectations, agency_id: str, files: Sequence[Path]) -> list[KindProposal]:
    from dagster_project.onboarding.kinds import propose_kinds

    return propose_kinds(files, expected, agency_id)


def _asked(kinds: list[KindProposal], expected: Expectations, is_asking: bool) -> list[KindProposal]:
    """What is unsure, as a person answers it; unchanged where nobody is asked."""
    return [_ask_about(kind, expected) for kind in kinds] if is_asking else kinds


def _ask_about(kind: KindProposal, expected: Expectations) -> KindProposal:
    from dagster_project.onboarding.headers import SURE

    matches = []
    for table, match in kind.matches:
        where = f"sheet '{table.sheet}'" if table.sheet else "the file"
        if match.confidence < SURE and not typer.confirm(f"Is {where} of {match.dataset}?", default=True):
            continue
        kept = {
            name: found
            for name, found in match.columns.items()
            if found.confidence >= SURE
            or typer.confirm(f"  {where}: is '{found.header}' {match.dataset}.{name}?", default=True)
        }
        codes = {name: proposal for name, proposal in match.codes.items() if name in kept}
        dropped = [name for name in match.columns if name not in kept]
        required = [n for n in dropped if expected.contracts[match.dataset].column(n).required]
        matches.append((table, replace(match, columns=kept, codes=codes, missing=(*match.missing, *required))))
    format_ = kind.date_format
    if format_.confidence < SURE:
        swapped = format_.value.replace("%d", "%x").replace("%m", "%d").replace("%x", "%m")
        day_first = typer.confirm(f"{format_.reason.capitalize()}. Does the day stand first?", default=True)
        value = next(f for f in (format_.value, swapped) if f.startswith("%d") == day_first)
        format_ = replace(format_, value=value, confidence=100, reason="so answered")
    return replace(kind, matches=tuple(matches), date_format=format_)


def _facts(agency_id: str, facts: Facts, kinds: Sequence[KindProposal], is_asking: bool, today: date) -> AgencyFacts:
    from dagster_project.onboarding.agreement import AgencyFacts
    from dagster_project.onboarding.kinds import likeliest_language

    english, french, sector, language = facts
    default = agency_id.replace("_", " ").capitalize()
    if is_asking:
        english = english or typer.prompt("Its name in English", default=default)
        french = french or typer.prompt("Its name in French", default=english)
        sector = sector or choice("Its sector", sorted(SECTORS))
        language = language or choice("Its language", list(LANGUAGES))
    name = {"en": english or french or default, "fr": french or english or default}
    is_said = bool((english or french) and sector and language)
    return AgencyFacts(agency_id, name, sector or "community", language or likeliest_language(kinds), is_said, today)


def _write(settings: Settings, target: Path, text: str, place: Path) -> None:
    """Write a text once our own loader takes it as the agreement at `place`."""
    with tempfile.TemporaryDirectory(prefix="dorsale-onboard-") as folder:
        copy = Path(folder) / "expectations"
        shutil.copytree(settings.expectations, copy)
        write_whole(copy / "partners" / place.name, text.encode())
        try:
            load_expectations(copy)
        except ExpectationsError as error:
            fail("Nothing was written: the proposal cannot be used.\n" + "\n".join(f"  {p}" for p in error.problems))
    write_whole(target, text.encode())
