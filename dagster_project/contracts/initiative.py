"""The initiative: its name, zones, reporting years, instruments, age bands, waves, youth networks, populations.

Belongs here: loading and checking `expectations/initiative.yml`. Stays out: partners and datasets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from dagster_project.contracts.datasets import Words
from dagster_project.contracts.plausibility import Plausibility
from dagster_project.contracts.retention import Retention
from dagster_project.contracts.yaml_places import Document, check_schema, did_you_mean, load_document
from dagster_project.words import SECTORS

REVIEW_PAIRS = 50
ANSWERS_EXPIRE_AFTER_MONTHS = 12
# Each list of the initiative with the key that tells its entries apart.
IDS = {
    "reporting_years": "id",
    "zones": "zone_id",
    "instruments": "instrument_id",
    "age_bands": "code",
    "waves": "wave_id",
    "networks": "network_id",
    "populations": "population_id",
}


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
class Wave:
    """A time when something is asked of everyone at once; both days are in it."""

    wave_id: str
    start: date
    end: date
    name: Words


@dataclass(frozen=True)
class Network:
    """A youth network, and the sectors that should be among its members."""

    network_id: str
    name: Words
    expected_sectors: tuple[str, ...]


@dataclass(frozen=True)
class Population:
    """Those whom programmes could serve, and whose number is known."""

    population_id: str
    name: Words


@dataclass(frozen=True)
class Initiative:
    """`as_of` is the day the builds are of; None means today. `first_month` is where the measures begin.

    `review_pairs`: so many pairs of persons are put before the steward at a time. `answers_expire_after_months`: so
    long an agency is not asked again about a finding that it has answered.
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
    waves: tuple[Wave, ...]
    networks: tuple[Network, ...]
    populations: tuple[Population, ...]
    review_pairs: int
    answers_expire_after_months: int
    plausibility: Plausibility
    retention: Retention

    @property
    def code_lists(self) -> dict[str, set[str]]:
        """What a column with `codesFrom` may hold, for the sources that the initiative itself lists."""
        return {
            "zones": {zone.zone_id for zone in self.zones},
            "instruments": {instrument.instrument_id for instrument in self.instruments},
            "sectors": set(SECTORS),
            "waves": {wave.wave_id for wave in self.waves},
            "networks": {network.network_id for network in self.networks},
            "populations": {population.population_id for population in self.populations},
        }


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
    if not document.problems:
        _check_ids(document)
        _check_waves(document)
        _check_expected_sectors(document)
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
        waves=tuple(
            Wave(w["wave_id"], date.fromisoformat(w["start"]), date.fromisoformat(w["end"]), w["name"])
            for w in sorted(data.get("waves", []), key=lambda w: str(w["start"]))
        ),
        networks=tuple(
            Network(n["network_id"], n["name"], tuple(n["expected_sectors"])) for n in data.get("networks", [])
        ),
        populations=tuple(Population(**p) for p in data.get("populations", [])),
        review_pairs=data.get("review_pairs", REVIEW_PAIRS),
        answers_expire_after_months=data.get("answers_expire_after_months", ANSWERS_EXPIRE_AFTER_MONTHS),
        plausibility=Plausibility(**data.get("plausibility", {})),
        retention=Retention(**data.get("retention", {})),
    ), document


def _check_ids(document: Document) -> None:
    for name, key in IDS.items():
        seen = set()
        for n, entry in enumerate(document.data.get(name, [])):
            if entry[key] in seen:
                what = f"'{entry[key]}' stands in {name} for the second time."
                document.complain([name, n, key], what, f"Give it another {key}.")
            seen.add(entry[key])


def _check_waves(document: Document) -> None:
    # Days in ISO form are in the order of time.
    waves = sorted(enumerate(document.data.get("waves", [])), key=lambda numbered: str(numbered[1]["start"]))
    for n, wave in waves:
        if wave["end"] <= wave["start"]:
            what = f"Wave '{wave['wave_id']}' does not end after its start."
            document.complain(["waves", n, "end"], what, "Correct one of the two days.")
    for (_, earlier), (n, later) in pairwise(waves):
        if later["start"] <= earlier["end"]:
            what = f"Wave '{later['wave_id']}' begins before '{earlier['wave_id']}' has ended."
            document.complain(["waves", n, "start"], what, "Write waves that do not overlap.")


def _check_expected_sectors(document: Document) -> None:
    for n, network in enumerate(document.data.get("networks", [])):
        for sector in network["expected_sectors"]:
            if sector not in SECTORS:
                what = f"There is no sector '{sector}'."
                document.complain(["networks", n, "expected_sectors"], what, did_you_mean(sector, SECTORS))
