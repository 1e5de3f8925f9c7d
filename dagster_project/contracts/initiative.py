"""The initiative: its name, zones, reporting years, instruments and age bands.

Belongs here: loading and checking `expectations/initiative.yml`. Stays out: partners and datasets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from dagster_project.contracts.datasets import Words
from dagster_project.contracts.yaml_places import Document, check_schema, load_document

REVIEW_PAIRS = 50


@dataclass(frozen=True)
class ReportingYear:
    reporting_year_id: str
    start_month: int
    name: Words


@dataclass(frozen=True)
class Zone:
    zone_id: str
    remoteness: str
    name: Words
    postal_prefixes: tuple[str, ...]


@dataclass(frozen=True)
class Instrument:
    instrument_id: str
    better: str
    margin: float
    name: Words


@dataclass(frozen=True)
class AgeBand:
    code: str
    from_age: int
    name: Words


@dataclass(frozen=True)
class Initiative:
    """`as_of` is the day the builds are of; None means today. `first_month` is where the measures begin.

    `review_pairs`: so many pairs of persons are put before the steward at a time.
    """

    initiative_id: str
    name: Words
    contact: str
    as_of: date | None
    first_month: date
    reporting_years: tuple[ReportingYear, ...]
    zones: tuple[Zone, ...]
    instruments: tuple[Instrument, ...]
    age_bands: tuple[AgeBand, ...]
    review_pairs: int


@lru_cache
def own_schema(stem: str) -> jsonschema.protocols.Validator:
    """The validator of one of our own schemas beside this module (`agreement`, `initiative`)."""
    text = (Path(__file__).parent / f"{stem}_schema.yml").read_text(encoding="utf-8")
    checker = jsonschema.FormatChecker(["date"])
    return jsonschema.Draft202012Validator(yaml.safe_load(text), format_checker=checker)


def load_initiative(path: Path) -> tuple[Initiative | None, Document]:
    """The initiative, or None with the problems found in its document."""
    document = load_document(path)
    if document.data is not None:
        check_schema(document, own_schema("initiative"))
    if document.problems:
        return None, document
    data: dict[str, Any] = document.data
    return Initiative(
        initiative_id=data["initiative_id"],
        name=data["name"],
        contact=data["contact"],
        as_of=date.fromisoformat(data["as_of"]) if "as_of" in data else None,
        first_month=date.fromisoformat(data["first_month"]).replace(day=1),
        reporting_years=tuple(ReportingYear(y["id"], y["start_month"], y["name"]) for y in data["reporting_years"]),
        zones=tuple(
            Zone(z["zone_id"], z["remoteness"], z["name"], tuple(z.get("postal_prefixes", ()))) for z in data["zones"]
        ),
        instruments=tuple(Instrument(**i) for i in data.get("instruments", [])),
        age_bands=tuple(AgeBand(**b) for b in sorted(data["age_bands"], key=lambda b: b["from_age"])),
        review_pairs=data.get("review_pairs", REVIEW_PAIRS),
    ), document
