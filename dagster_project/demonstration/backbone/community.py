"""The community around: known populations, conditions from public sources, and resources that families can use.

Belongs here: numbers of the region, not of families served. The sources are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from dagster_project.demonstration.months import LAST_DAY, all_months
from dagster_project.demonstration.region import ZONE_WEIGHTS
from dagster_project.demonstration.streams import stream

ADOPTIVE_FAMILIES = {"old_town": 118, "south_hills": 86, "north_shore": 52, "river_valley": 34, "far_lakes": 22}
COUNTED = (date(2024, 12, 31), date(2025, 6, 30), date(2025, 12, 31), date(2026, 6, 30))
REGISTER_NAME = "Registre régional des adoptions (fictif)"
CHILDREN = {"north_shore": 2410, "old_town": 5860, "river_valley": 1650, "south_hills": 4380, "far_lakes": 740}
# Measure: of a thousand children, the change from one year to the next, and the made-up source. Those in PERCENT are
# published of a hundred, as their labels in the contract say.
MEASURES = {
    "hospital_stays": (31, 0.97, "Portrait de santé de la région (fictif)"),
    "arrests": (14, 0.92, "Statistiques policières régionales (fictif)"),
    "child_apprehensions": (6.5, 0.95, "Bilan de la protection de l'enfance (fictif)"),
    "school_absence": (118, 0.99, "Indicateurs scolaires régionaux (fictif)"),
    "low_income_children": (162, 0.98, "Recensement régional (fictif)"),
    "housing_need": (94, 1.04, "Enquête régionale sur le logement (fictif)"),
}
PERCENT = ("school_absence", "low_income_children", "housing_need")
YEARS_KNOWN = {2024: date(2025, 1, 15), 2025: date(2026, 3, 10)}
HARDER_ZONES = {"far_lakes": 1.5, "river_valley": 1.15, "old_town": 1.1}
COSTS = {"none": 68, "part": 14, "full": 10, "not_collected": 8}


@dataclass(frozen=True)
class Known:
    """Families of the population in a zone on a day."""

    zone_id: str
    counted: date
    families: int


@dataclass(frozen=True)
class Condition:
    """A published value of a year; without a zone it is of the whole region."""

    measure: str
    zone_id: str
    year: int
    value: float
    population: int
    source: str

    @property
    def known(self) -> date:
        """The day of publication."""
        return YEARS_KNOWN[self.year]


@dataclass(frozen=True)
class Resource:
    """Something made for families: a group, a guide, a playground."""

    number: int
    zone_id: str
    created: date
    cost: str


@dataclass
class Community:
    """All that the backbone notes of the community."""

    populations: list[Known]
    conditions: list[Condition]
    resources: list[Resource]


def describe_community(scale: int, seed: int) -> Community:
    """Populations, conditions and resources."""
    random = stream(seed, "populations")
    populations = [
        Known(zone, day, scale * families + place * random.randint(0, 2 * scale))
        for place, day in enumerate(COUNTED)
        for zone, families in ADOPTIVE_FAMILIES.items()
    ]
    conditions = list_conditions(stream(seed, "conditions"))
    return Community(populations, conditions, create_resources(stream(seed, "resources")))


def list_conditions(random: Random) -> list[Condition]:
    """Each measure for each zone and the whole region."""
    conditions: list[Condition] = []
    for year in YEARS_KNOWN:
        for measure, (rate, change, source) in MEASURES.items():
            scale, counted = (0.1 if measure in PERCENT else 1), 0.0
            for zone, children in CHILDREN.items():
                here = rate * change ** (year - 2024) * HARDER_ZONES.get(zone, 1) * random.uniform(0.9, 1.1)
                counted += children * here
                conditions.append(Condition(measure, zone, year, round(here * scale, 1), children, source))
            total = sum(CHILDREN.values())
            conditions.append(Condition(measure, "", year, round(counted / total * scale, 1), total, source))
    return conditions


def create_resources(random: Random) -> list[Resource]:
    """Some of the year before, then about three a month."""
    days = [date(2024, 3, 4) + timedelta(days=48 * place) for place in range(6)]
    for month in all_months():
        days += [month + timedelta(days=random.randint(0, 27)) for _ in range(random.randint(2, 4))]
    zones, costs = list(ZONE_WEIGHTS), list(COSTS)
    return [
        Resource(
            number,
            random.choices([*zones, ""], [*ZONE_WEIGHTS.values(), 12])[0],
            day,
            random.choices(costs, list(COSTS.values()))[0],
        )
        for number, day in enumerate(sorted(day for day in days if day <= LAST_DAY), start=1)
    ]
