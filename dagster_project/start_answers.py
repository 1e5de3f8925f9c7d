"""What a new initiative is asked, with defaults, and the files of expectations that the answers become.

Belongs here: the answers, their one-line form in options, and their YAML. Stays out: asking (cli), removing and writing
(start.py).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from dagster_project.contracts import Words

FIRST_DATASETS = ("persons", "enrolments", "contacts")
PRESET_YEARS: dict[str, tuple[int, Words]] = {
    "calendar_year": (1, {"en": "Calendar year", "fr": "Année civile"}),
    "school_year": (7, {"en": "School year", "fr": "Année scolaire"}),
    "fiscal_year_april": (4, {"en": "Fiscal year from April", "fr": "Exercice débutant en avril"}),
}
ZONE_FORM = "English name|French name|urban, rural or remote|postal prefixes"
YEAR_FORM = f"{', '.join(PRESET_YEARS)}, or English name|French name|first month (1 to 12)"
PARTNER_FORM = "agency_id|English name|French name|sector|en or fr|datasets"
TO_WRITE: Words = {
    "en": "To be written with the partner before it sends a file.",
    "fr": "À rédiger avec le partenaire avant tout envoi de fichier.",
}


class UnclearAnswerError(ValueError):
    """An answer that is not in its form; the message says the form."""


@dataclass(frozen=True)
class ZoneAnswer:
    name: Words
    remoteness: str
    postal_prefixes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> ZoneAnswer:
        parts = _parts(text, ZONE_FORM, least=1)
        name = {"en": parts[0], "fr": _nth(parts, 1) or parts[0]}
        return cls(name, _nth(parts, 2) or "urban", tuple(_nth(parts, 3).upper().replace(",", " ").split()))


@dataclass(frozen=True)
class YearAnswer:
    year_id: str
    start_month: int
    name: Words

    @classmethod
    def parse(cls, text: str) -> YearAnswer:
        if text.strip() in PRESET_YEARS:
            month, name = PRESET_YEARS[text.strip()]
            return cls(text.strip(), month, name)
        parts = _parts(text, YEAR_FORM, least=3)
        if not re.fullmatch(r"[1-9]|1[0-2]", parts[2]):
            raise UnclearAnswerError(f"Write a reporting year as: {YEAR_FORM}")
        return cls(slug(parts[0]), int(parts[2]), {"en": parts[0], "fr": parts[1] or parts[0]})


@dataclass(frozen=True)
class PartnerAnswer:
    agency_id: str
    name: Words
    sector: str
    language: str
    datasets: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> PartnerAnswer:
        parts = _parts(text, PARTNER_FORM, least=5)
        name = {"en": parts[1], "fr": parts[2] or parts[1]}
        datasets = tuple(_nth(parts, 5).replace(",", " ").split()) or FIRST_DATASETS
        return cls(parts[0], name, parts[3], parts[4], datasets)


@dataclass(frozen=True)
class Answers:
    name: Words
    languages: tuple[str, ...]
    contact: str
    first_month: date
    zones: tuple[ZoneAnswer, ...]
    years: tuple[YearAnswer, ...]
    partners: tuple[PartnerAnswer, ...] = ()


def default_answers(today: date) -> Answers:
    """What `--yes` takes where nothing was said."""
    return Answers(
        name={"en": "Our initiative", "fr": "Notre initiative"},
        languages=("en", "fr"),
        contact="backbone@example.org",
        first_month=today.replace(day=1),
        zones=(ZoneAnswer({"en": "Whole region", "fr": "Toute la région"}, "urban"),),
        years=(YearAnswer.parse("calendar_year"),),
    )


def slug(name: str) -> str:
    """An id of a name: small letters without accents, digits and _."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return made if re.match(r"[a-z]", made) else f"id_{made}".strip("_")


def initiative_text(answers: Answers, kept: dict[str, Any]) -> str:
    """initiative.yml; `kept` are the parts that say nothing of one region: instruments and age bands."""
    head = {
        "initiative_id": slug(answers.name["en"]),
        "name": answers.name,
        "contact": answers.contact,
        "first_month": answers.first_month.isoformat(),
        "languages": list(answers.languages),
    }
    years = [{"id": y.year_id, "start_month": y.start_month, "name": y.name} for y in answers.years]
    zones = [
        {
            "zone_id": slug(z.name["en"]),
            "remoteness": z.remoteness,
            "name": z.name,
            **({"postal_prefixes": list(z.postal_prefixes)} if z.postal_prefixes else {}),
        }
        for z in answers.zones
    ]
    lines = [
        "# The initiative itself: its name, its region, how it counts years. What else may stand here: CONTRIBUTING.md."
    ]
    lines += [f"{key}: {on_one_line(value)}" for key, value in head.items()]
    lines += _listed("reporting_years", years) + _listed("zones", zones)
    lines += _listed("instruments", kept.get("instruments", []))
    lines += ["# Bands are counted in whole years; the band that starts at 18 starts adulthood."]
    lines += _listed("age_bands", kept["age_bands"])
    return "\n".join(lines) + "\n"


def agreement_text(partner: PartnerAnswer, valid_from: date) -> str:
    """The first agreement of a partner: it fills in the template, until its own files are agreed upon."""
    program = {"program_id": f"{partner.agency_id}_services", "name": {"en": "Services", "fr": "Services"}}
    lines = [
        "# It sends the template (dorsale template), until dorsale onboard or somebody writes its own files in here.",
        f"agency_id: {on_one_line(partner.agency_id)}",
        f"name: {on_one_line(partner.name)}",
        f"sector: {on_one_line(partner.sector)}",
        f"language: {on_one_line(partner.language)}",
        f"valid_from: {valid_from.isoformat()}",
        f"legal_basis: {on_one_line(TO_WRITE)}",
        f"consent: {on_one_line(TO_WRITE)}",
        "frequency: month",
        "due_day: 15",
        "programs:",
        f"  - {on_one_line(program)}",
        f"template: {on_one_line(list(partner.datasets))}",
    ]
    return "\n".join(lines) + "\n"


def _listed(key: str, entries: list[dict[str, Any]]) -> list[str]:
    return [f"{key}:", *(f"  - {on_one_line(entry)}" for entry in entries)] if entries else []


def on_one_line(value: Any) -> str:
    """A value on one line; a lone text without the end mark that YAML would put behind it."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=100_000)
    return text.removesuffix("...\n").strip()


def _parts(text: str, form: str, least: int) -> list[str]:
    parts = [part.strip() for part in text.split("|")]
    if len(parts) < least or not parts[0] or len(parts) > form.count("|") + 1:
        raise UnclearAnswerError(f"Write it as: {form}")
    return parts


def _nth(parts: list[str], number: int) -> str:
    return parts[number] if number < len(parts) else ""
