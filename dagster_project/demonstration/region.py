"""The made-up region: its zones, postal codes and streets.

Belongs here: where a family can live. Who lives there stays out. The zones and their postal prefixes are those of
`expectations/initiative.yml`, which a test compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

ZONE_POSTAL_PREFIXES = {
    "north_shore": ("G0A", "G0B"),
    "old_town": ("G1A", "G1B"),
    "river_valley": ("G0C",),
    "south_hills": ("G1C", "G1D"),
    "far_lakes": ("G0Z",),
}
TOWNS = {
    "G0A": "Sainte-Flore-du-Quai", "G0B": "L'Anse-aux-Foins", "G1A": "Trois-Anses", "G1B": "Trois-Anses",
    "G0C": "Rivière-des-Aulnes", "G1C": "Saint-Elzéar-des-Monts", "G1D": "Saint-Elzéar-des-Monts",
    "G0Z": "Lac-aux-Huards",
}  # fmt: skip
ZONE_WEIGHTS = {"north_shore": 16, "old_town": 39, "river_valley": 11, "south_hills": 29, "far_lakes": 5}
STREETS = (
    "rue des Érables", "rue du Quai", "chemin du Moulin", "rang Saint-Elzéar", "rue Principale", "avenue des Pins",
    "rue de l'Église", "chemin des Lacs", "boulevard de la Rivière", "rue du Verger", "Maple Street", "Harbour Road",
)  # fmt: skip
POSTAL_LETTERS = "ABCEGHJKLMNPRSTVWXYZ"


@dataclass(frozen=True)
class Home:
    """Where a family lives from a day on."""

    since: date
    zone_id: str
    postal_code: str
    address: str

    @property
    def town(self) -> str:
        """The town to which the postal code belongs."""
        return TOWNS[self.postal_code[:3]]


def choose_home(random: Random, since: date, zone_id: str | None = None) -> Home:
    """A home in the zone, or in a zone drawn by its weight."""
    zone = zone_id or random.choices(list(ZONE_WEIGHTS), list(ZONE_WEIGHTS.values()))[0]
    prefix = random.choice(ZONE_POSTAL_PREFIXES[zone])
    local = f"{random.randint(1, 9)}{random.choice(POSTAL_LETTERS)}{random.randint(1, 9)}"
    return Home(since, zone, f"{prefix} {local}", f"{random.randint(1, 980)}, {random.choice(STREETS)}")
