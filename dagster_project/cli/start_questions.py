"""The questions of `dorsale start`, and what it says at the end.

Belongs here: words at the terminal. Stays out: what becomes of the answers (start_answers.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

import typer

from dagster_project.start_answers import (
    FIRST_DATASETS,
    PRESET_YEARS,
    YEAR_FORM,
    Answers,
    PartnerAnswer,
    UnclearAnswerError,
    YearAnswer,
    ZoneAnswer,
    slug,
)
from dagster_project.words import REMOTENESS, SECTORS

Answer = TypeVar("Answer")
LANGUAGES = ("en", "fr")


def ask(
    defaults: Answers,
    is_asking: bool,
    name_en: str | None,
    name_fr: str | None,
    languages: str | None,
    contact: str | None,
    first_month: date | None,
    zones: Sequence[str] | None,
    years: Sequence[str] | None,
    partners: Sequence[str] | None,
) -> Answers:
    """What options say, else what is answered, else the default. Raises `UnclearAnswerError`."""

    def text(given: str | None, question: str, default: str) -> str:
        return given or (str(typer.prompt(question, default=default)) if is_asking else default)

    spoken = _languages(text(languages, "Languages of the initiative (en, fr, or en,fr)", ",".join(defaults.languages)))
    names = {"en": name_en, "fr": name_fr}
    for language, word in (("en", "English"), ("fr", "French")):
        if language in spoken:
            names[language] = text(names[language], f"Name of the initiative in {word}", defaults.name[language])
    either = str(names["en"] or names["fr"])
    return Answers(
        name={language: names[language] or either for language in LANGUAGES},
        languages=spoken,
        contact=text(contact, "Whom may partners and readers ask (e-mail)", defaults.contact),
        first_month=first_month or _first_month(is_asking, defaults.first_month),
        zones=_each(zones, ZoneAnswer.parse, lambda: _zones(spoken), is_asking) or defaults.zones,
        years=_each(years, YearAnswer.parse, _years, is_asking) or defaults.years,
        partners=_each(partners, PartnerAnswer.parse, lambda: _partners(spoken), is_asking),
    )


def _languages(text: str) -> tuple[str, ...]:
    spoken = tuple(dict.fromkeys(text.replace(",", " ").split()))
    if not spoken or not set(spoken) <= set(LANGUAGES):
        raise UnclearAnswerError("Write the languages as en, fr, or en,fr.")
    return spoken


def _first_month(is_asking: bool, default: date) -> date:
    if not is_asking:
        return default
    answer = typer.prompt("First month of the measures (YYYY-MM)", default=f"{default:%Y-%m}")
    try:
        return datetime.strptime(answer, "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        raise UnclearAnswerError("Write the first month as YYYY-MM, for instance 2026-03.") from None


def _each(
    given: Sequence[str] | None, parse: Callable[[str], Answer], asked: Callable[[], list[Answer]], is_asking: bool
) -> tuple[Answer, ...]:
    if given:
        return tuple(parse(text) for text in given)
    return tuple(asked()) if is_asking else ()


def _zones(spoken: tuple[str, ...]) -> list[ZoneAnswer]:
    """Zones until one has no name; none at all is the whole region."""
    found: list[ZoneAnswer] = []
    while name := _named(f"Zone {len(found) + 1}", spoken):
        remoteness = choice("  It is", list(REMOTENESS))
        prefixes = typer.prompt("  Postal codes that begin with (parted by blanks)", default="")
        found.append(ZoneAnswer(name, remoteness, tuple(prefixes.upper().replace(",", " ").split())))
    return found


def _years() -> list[YearAnswer]:
    typer.echo(f"Reporting years, one after another: {YEAR_FORM}.")
    found: list[YearAnswer] = []
    default = next(iter(PRESET_YEARS))
    while answer := typer.prompt(f"Reporting year {len(found) + 1} (blank ends)", default=default):
        found.append(YearAnswer.parse(answer))
        default = ""
    return found


def _partners(spoken: tuple[str, ...]) -> list[PartnerAnswer]:
    """Partners until one has no name."""
    found: list[PartnerAnswer] = []
    while name := _named(f"Partner {len(found) + 1}", spoken):
        agency_id = typer.prompt("  Its short code, which is also the name of its folder", default=slug(name["en"]))
        sector = choice("  Its sector", sorted(SECTORS))
        language = choice("  Its language", list(spoken)) if len(spoken) > 1 else spoken[0]
        datasets = typer.prompt("  What it sends, as datasets", default=" ".join(FIRST_DATASETS))
        found.append(PartnerAnswer(agency_id, name, sector, language, tuple(datasets.replace(",", " ").split())))
    return found


def choice(question: str, options: list[str]) -> str:
    """One of the options; asked again until it is one."""
    while (answer := typer.prompt(f"{question} ({', '.join(options)})").strip().lower()) not in options:
        typer.echo("Write one of these words.")
    return str(answer)


def _named(what: str, spoken: tuple[str, ...]) -> dict[str, str] | None:
    """A name in each language of the initiative; None when the first is blank."""
    words = {"en": "English", "fr": "French"}
    first = typer.prompt(f"{what}: name in {words[spoken[0]]} (blank ends)", default="", show_default=False)
    if not first.strip():
        return None
    names = {spoken[0]: first}
    for language in spoken[1:]:
        names[language] = typer.prompt(f"  Name in {words[language]}", default=first)
    return {language: names.get(language, first).strip() for language in LANGUAGES}


def closing_words(is_whole_project: bool, commit: str | None) -> list[str]:
    """What stands there now, and what to do next."""
    lines = [
        "The demonstration is gone. Yours is expectations/initiative.yml, its partners expectations/partners/.",
        '  Next partner    make onboard AGENCY=its_code FILES="a file of its own ...", or write template: [...] for it',
        "  Its template    make template AGENCY=its_code",
        "  Its files       data/raw/its_code/, then make build; it works before the first file, too",
    ]
    if is_whole_project:
        lines += [
            "  Catalogue       dbt/seeds no longer holds the demonstration's baselines, targets and notes; write yours",
            "  Git             commit the change; from now on git admits nothing below data/",
        ]
    else:
        lines.append(
            "  Catalogue       dbt/seeds of the checkout is as it was: its baselines and notes are the demonstration's"
        )
    lines.append("  Tests           make test runs only what needs no demonstration partner.")
    if commit:
        lines.append(f"                  All of them: git worktree add ../dorsale-tests {commit}, and make test there.")
    return lines
